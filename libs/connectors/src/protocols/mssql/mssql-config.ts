import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { ConnectionConfiguration } from 'tedious';
import type { FieldProblem } from '#kernel';
import type { JsonObject, ObjectSchema } from '../protocol';
import { host, objectOf, oneOf, pem, port, secret, text, timeoutMs } from '../support/schema';
import { tlsProblems } from '../support/tls';

const TLS_MODES = ['disable', 'require', 'verify-full'] as const;

/** A connection's config, secrets included. */
export interface MssqlConfig {
  host?: string;
  port?: number;
  database?: string;
  username: string;
  password: string;
  timeoutMs?: number;
  tls?: { mode?: (typeof TLS_MODES)[number]; ca?: string };
}

const name = (description: string) => text(description, { minLength: 1, maxLength: 128 });

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    host: host('localhost'),
    port: port(1_433),
    database: name('Name of the database; the usual one of the user where not given'),
    username: name('Name of the login (SQL Server authentication)'),
    password: secret('Password of the login'),
    timeoutMs: timeoutMs(),
    tls: {
      type: 'object',
      properties: {
        mode: oneOf(
          'disable: no TLS, and the password nearly in clear; require: TLS, whatever certificate is shown; verify-full: it has to be trusted and for this host',
          TLS_MODES,
          'require',
        ),
        ca: pem('Certificates (PEM) to trust beside the usual ones'),
      },
      additionalProperties: false,
    },
  },
  ['username', 'password'],
);

export const hostOf = ({ host: given = 'localhost' }: MssqlConfig): string => given;
export const portOf = ({ port: given = 1_433 }: MssqlConfig): number => given;

/** Faults of a config that its schema cannot tell. */
export function configProblems(config: JsonObject): FieldProblem[] {
  const { tls, ...rest } = config as unknown as MssqlConfig;
  // The client library compares certificates with names alone.
  if (tls?.mode === 'verify-full' && isIP(hostOf(rest)) !== 0) {
    return [{ field: 'tls.mode', message: 'tls.mode verify-full needs a name as host, not an address' }];
  }
  return tlsProblems(tls);
}

/** What the client library is told; how it connects is added to that. @param connectMs milliseconds, at most, until it is let in */
export function clientOptions(config: MssqlConfig, connectMs: number): ConnectionConfiguration {
  const { mode = 'require', ca } = config.tls ?? {};
  const server = hostOf(config);
  return {
    server,
    authentication: { type: 'default', options: { userName: config.username, password: config.password } },
    options: {
      port: portOf(config),
      ...(config.database !== undefined && { database: config.database }),
      encrypt: mode !== 'disable',
      trustServerCertificate: mode !== 'verify-full',
      // TLS knows names of servers alone; where certificates are checked the host is one.
      ...(isIP(server) !== 0 && { serverName: 'localhost' }),
      ...(ca !== undefined && { cryptoCredentialsDetails: { ca: [...getCACertificates('default'), ca] } }),
      appName: 'MaestroHub',
      connectTimeout: connectMs,
      // One deadline holds for the whole call, and whoever calls tries again.
      requestTimeout: 0,
      maxRetriesOnTransientErrors: 0,
      useUTC: true,
    },
  };
}
