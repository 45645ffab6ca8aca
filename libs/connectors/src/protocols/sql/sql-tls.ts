import type { ConnectionOptions } from 'node:tls';
import type { JsonObject } from '../protocol';
import { oneOf } from '../support/schema';
import { tlsOptions, tlsSchema, type TlsConfig } from '../support/tls';

/** The member `tls` of a connection's config. */
export interface SqlTlsConfig extends Pick<TlsConfig, 'ca' | 'cert' | 'key'> {
  mode?: string;
}

/** `mode` says what is checked, so nothing else does. */
export function sqlTlsSchema(modes: readonly string[], preset: string, description: string): JsonObject {
  const schema = tlsSchema();
  const { ca, cert, key } = schema['properties'] as Record<'ca' | 'cert' | 'key', JsonObject>;
  return { ...schema, properties: { mode: oneOf(description, modes, preset), ca, cert, key } };
}

/** Options of `tls.connect`: which certificates are trusted, and whether the server's name has to be in its own. */
export const sqlTlsOptions = (
  config: SqlTlsConfig,
  checked: { certificate: boolean; name: boolean },
): ConnectionOptions => ({
  ...tlsOptions({ ...config, rejectUnauthorized: checked.certificate }),
  ...(!checked.name && { checkServerIdentity: () => undefined }),
});
