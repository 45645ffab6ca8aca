import { isIP } from 'node:net';
import type { FieldProblem } from '#kernel';
import type { SslOptions } from 'mysql2';
import type { JsonObject, ObjectSchema } from '../protocol';
import { sqlTlsOptions, sqlTlsSchema, type SqlTlsConfig } from '../sql/sql-tls';
import { host, objectOf, port, secret, text, timeoutMs } from '../support/schema';
import { tlsProblems } from '../support/tls';

const TLS_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'] as const;

/** A connection's config, secrets included. */
export interface MysqlConfig {
  host?: string;
  port?: number;
  database?: string;
  username: string;
  password?: string;
  timeZone?: string;
  timeoutMs?: number;
  tls?: SqlTlsConfig & { mode?: (typeof TLS_MODES)[number] };
}

const name = (description: string) => text(description, { minLength: 1, maxLength: 128 });

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    host: host('localhost'),
    port: port(3_306),
    database: name('Name of the database; statements have to name it where it is not given'),
    username: name('Name of the user'),
    password: secret('Password of the user, empty where there is none'),
    timeZone: text('The time zone of the session, by its offset: TIMESTAMP, NOW() and defaults of columns are in it', {
      pattern: '^[+-](0\\d|1[0-3]):[0-5]\\d$',
      default: '+00:00',
    }),
    timeoutMs: timeoutMs(),
    tls: sqlTlsSchema(
      TLS_MODES,
      'preferred',
      'preferred: TLS where the server offers it; required: TLS, whatever certificate is shown; verify-ca: it has to be trusted; verify-identity: it has to be for this host too',
    ),
  },
  ['username'],
);

export const hostOf = ({ host: given = 'localhost' }: MysqlConfig): string => given;
export const portOf = ({ port: given = 3_306 }: MysqlConfig): number => given;
export const timeZoneOf = ({ timeZone = '+00:00' }: MysqlConfig): string => timeZone;
export const prefersTls = ({ tls }: MysqlConfig): boolean => (tls?.mode ?? 'preferred') === 'preferred';

/** Faults of a config that its schema cannot tell. */
export function configProblems(config: JsonObject): FieldProblem[] {
  const { tls, ...rest } = config as unknown as MysqlConfig;
  // The client library compares certificates with names alone.
  if (tls?.mode === 'verify-identity' && isIP(hostOf(rest)) !== 0) {
    return [{ field: 'tls.mode', message: 'tls.mode verify-identity needs a name as host, not an address' }];
  }
  return tlsProblems(tls);
}

/** Undefined where there is to be no TLS. */
export function tlsOf({ tls = {} }: MysqlConfig): SslOptions | undefined {
  const { mode = 'preferred', ...rest } = tls;
  if (mode === 'disabled') return undefined;
  const verifyIdentity = mode === 'verify-identity';
  const checked = { certificate: verifyIdentity || mode === 'verify-ca', name: verifyIdentity };
  const { rejectUnauthorized, ca, cert, key } = sqlTlsOptions(rest, checked);
  const pems = {
    ...(ca && { ca: ca as string[] }),
    ...(cert && { cert: cert as string }),
    ...(key && { key: key as string }),
  };
  return { ...pems, rejectUnauthorized: rejectUnauthorized === true, verifyIdentity };
}
