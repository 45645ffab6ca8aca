import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { PayloadFormat } from '../support/payload';
import { sqlTlsOptions, type SqlTlsConfig } from '../sql/sql-tls';
import type { TLS_MODES } from './postgres-schemas';

/** A connection's config, secrets included. */
export interface PostgresConfig {
  host?: string;
  port?: number;
  database: string;
  username: string;
  password?: string;
  schema?: string;
  timeoutMs?: number;
  tls?: SqlTlsConfig & { mode?: (typeof TLS_MODES)[number] };
}

export interface ListenConfig {
  channels: string[];
  format?: PayloadFormat;
}

export const hostOf = ({ host = 'localhost' }: PostgresConfig): string => host;
export const portOf = ({ port = 5_432 }: PostgresConfig): number => port;

/** Options of `tls.connect`, or false where there is to be no TLS. */
export function tlsOf(config: PostgresConfig): ConnectionOptions | false {
  const { mode = 'require', ...rest } = config.tls ?? {};
  if (mode === 'disable') return false;
  const host = hostOf(config);
  const checked = { certificate: mode !== 'require', name: mode === 'verify-full' };
  return { ...sqlTlsOptions(rest, checked), host, ...(isIP(host) === 0 && { servername: host }) };
}
