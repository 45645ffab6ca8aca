import { randomBytes } from 'node:crypto';
import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { ContentFormat } from '../support/file-content';
import { pathProblems, underBase } from '../support/file-path';
import { tlsProblems, type TlsConfig } from '../support/tls';
import type { PROTOCOLS, SECURITY } from './ftp-schemas';

/** A connection's config, secrets included. */
export interface FtpConfig {
  host?: string;
  port?: number;
  protocol?: (typeof PROTOCOLS)[number];
  secure?: (typeof SECURITY)[number];
  basePath?: string;
  username?: string;
  password?: string;
  privateKey?: string;
  hostKeyFingerprint?: string;
  maxFileMb?: number;
  timeoutMs?: number;
  tls?: TlsConfig;
}

/** A function's config with its parameters put in; each type has some of these. */
export interface FtpFunctionConfig {
  path: string;
  content: JsonValue;
  format?: ContentFormat;
  atomic?: boolean;
  createFolders?: boolean;
  limit?: number;
  from: string;
  to: string;
}

export const hostOf = ({ host }: FtpConfig): string => host ?? 'localhost';

export function portOf({ port, protocol, secure }: FtpConfig): number {
  if (port !== undefined) return port;
  if (protocol === 'sftp') return 22;
  return secure === 'implicit' ? 990 : 21;
}

/** A path as the server is told it. */
export const absolute = (base: string | undefined, path: string): string =>
  `/${underBase(base ?? '/', path)}`.replace(/(?<=.)\/$/, '');

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** In the same folder, so that renaming moves nothing; hidden from those who look for files. */
export function temporaryName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `${folderOf(path).replace(/\/$/, '')}/.${name.slice(0, 100)}.${randomBytes(6).toString('hex')}.part`;
}

const CONTROL = /[\x00-\x1f\x7f]/;

export function configProblems(config: JsonObject): FieldProblem[] {
  const { protocol = 'ftp', secure = 'none', ...given } = config as unknown as FtpConfig;
  const isSftp = protocol === 'sftp';
  const foreign = (isSftp ? (['tls'] as const) : (['privateKey', 'hostKeyFingerprint'] as const))
    .filter((name) => given[name] !== undefined)
    .map((name) => ({ field: name, message: `${name} is not for protocol ${protocol}` }));
  // Each is a line of what is said to an FTP server.
  const lines = (['username', 'password'] as const)
    .filter((name) => !isSftp && CONTROL.test(given[name] ?? ''))
    .map((name) => ({ field: name, message: `${name} must not have control characters` }));
  return [
    ...foreign,
    ...lines,
    ...(isSftp && secure !== 'none' ? [{ field: 'secure', message: 'secure is not for protocol sftp' }] : []),
    ...(isSftp && given.username === undefined
      ? [{ field: 'username', message: 'username is required for protocol sftp' }]
      : []),
    ...pathProblems('basePath', given.basePath),
    ...tlsProblems(given.tls),
  ];
}

export function functionProblems(config: JsonObject): FieldProblem[] {
  const { path, from, to } = config as unknown as Partial<FtpFunctionConfig>;
  return [...pathProblems('path', path), ...pathProblems('from', from, true), ...pathProblems('to', to, true)];
}

/** The same where the path has to be more than the base. */
export function fileProblems(config: JsonObject): FieldProblem[] {
  return pathProblems('path', (config as unknown as FtpFunctionConfig).path, true);
}
