import { maxFileMb, readFormat, writeFormat } from '../support/file-content';
import { path } from '../support/file-path';
import { flag, host, integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const PROTOCOLS = ['ftp', 'sftp'] as const;
export const SECURITY = ['none', 'explicit', 'implicit'] as const;

/** Entries of one folder that are told. */
export const USUAL_LIST = 1_000;
const LONGEST_LIST = 10_000;

export const CONNECTION_SCHEMA = objectOf({
  host: host('localhost'),
  port: integer('Port of the server; where not given 21, 990 for implicit TLS, 22 for sftp', 1, 65_535),
  protocol: oneOf('FTP, or SFTP, which is of SSH', PROTOCOLS, 'ftp'),
  secure: oneOf('ftp: whether TLS is used, asked for after connecting (explicit) or from the start', SECURITY, 'none'),
  basePath: path('Where every path begins; nothing outside of it is named', { default: '/' }),
  username: text('Name of the user; anonymous where not given', { minLength: 1, maxLength: 255 }),
  password: secret('Password of the user, or that of the key where there is one'),
  privateKey: secret('sftp: private key (PEM or OpenSSH) in place of a password'),
  hostKeyFingerprint: text('sftp: fingerprint of the server’s key; any is taken where not given', {
    pattern: '^SHA256:[A-Za-z0-9+/]{43}=?$',
    examples: ['SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDmzIFsXbVr1bAuoxs'],
  }),
  maxFileMb: maxFileMb(),
  timeoutMs: timeoutMs(),
  tls: tlsSchema(),
});

const file = (description: string) => path(description, { minLength: 1, examples: ['outbox/order-7.csv'] });

export const DOWNLOAD_SCHEMA = objectOf({ path: file('The file, below the base path'), format: readFormat() }, [
  'path',
]);

export const UPLOAD_SCHEMA = objectOf(
  {
    path: file('The file, below the base path'),
    content: { description: 'What it is to hold' },
    format: writeFormat(),
    atomic: flag('Whether it is written by another name and renamed, so that nobody reads half of it', true),
    createFolders: flag('Whether missing folders are made', true),
  },
  ['path', 'content'],
);

export const LIST_SCHEMA = objectOf({
  path: path('The folder, below the base path; that itself where not given'),
  limit: integer('Entries in the answer', 1, LONGEST_LIST, { default: USUAL_LIST }),
});

export const FILE_SCHEMA = objectOf({ path: file('The file, below the base path') }, ['path']);
export const FOLDER_SCHEMA = objectOf({ path: file('The folder, below the base path') }, ['path']);

export const RENAME_SCHEMA = objectOf(
  { from: file('What is renamed, below the base path'), to: file('Its new path, below the base path') },
  ['from', 'to'],
);
