import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type ConnectionOptions } from 'node:tls';
import type { FieldProblem } from '#kernel';
import type { JsonObject } from '../protocol';
import { flag, pem } from './schema';

/** The member `tls` of a connection's config. */
export interface TlsConfig {
  rejectUnauthorized?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
}

/** Whether TLS is used at all is told by the URL's scheme, or by a member `enabled` that is given as one more. */
export const tlsSchema = (more: Record<string, JsonObject> = {}): JsonObject => ({
  type: 'object',
  properties: {
    ...more,
    rejectUnauthorized: flag('Whether a certificate has to be trusted', true),
    ca: pem('Certificates (PEM) to trust beside the usual ones'),
    cert: pem('Certificate (PEM) to show to the server'),
    key: pem('Private key (PEM) of that certificate', { 'x-secret': true }),
  },
  additionalProperties: false,
});

/** Options of `tls.connect`. */
export function tlsOptions({ rejectUnauthorized, ca, cert, key }: TlsConfig = {}): ConnectionOptions {
  return {
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** What is wrong with the PEMs of a config. */
export function tlsProblems({ ca, cert, key }: TlsConfig = {}): FieldProblem[] {
  if ((cert === undefined) !== (key === undefined)) {
    const [missing, present] = cert === undefined ? ['cert', 'key'] : ['key', 'cert'];
    return [{ field: `tls.${missing}`, message: `tls.${missing} is required with tls.${present}` }];
  }
  const problem = (field: string, message: string, read: () => unknown): FieldProblem[] => {
    try {
      read();
      return [];
    } catch {
      return [{ field, message: `${field} ${message}` }];
    }
  };
  const found = [
    ...(ca ? problem('tls.ca', 'cannot be read as PEM', () => new X509Certificate(ca)) : []),
    ...(cert ? problem('tls.cert', 'cannot be read as PEM', () => new X509Certificate(cert)) : []),
    ...(key ? problem('tls.key', 'cannot be read as PEM', () => createPrivateKey(key)) : []),
  ];
  if (found.length > 0 || !cert || !key) return found;
  return problem('tls.key', 'does not belong to tls.cert', () => createSecureContext({ cert, key }));
}
