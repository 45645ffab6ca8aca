import { maxFileMb, readFormat, writeFormat } from '../support/file-content';
import { path } from '../support/file-path';
import { flag, integer, objectOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const AUTH_TYPES = ['sharedKey', 'connectionString', 'oauth2'] as const;

/** Entries of a list in one answer; the service gives no more at once. */
export const LONGEST_LIST = 5_000;
export const USUAL_LIST = 1_000;

function needs(type: (typeof AUTH_TYPES)[number], ...required: string[]) {
  return { if: { properties: { type: { const: type } } }, then: { required } };
}

const auth = {
  type: 'object',
  description: 'How the service is told who calls',
  properties: {
    type: { enum: [...AUTH_TYPES] },
    accountName: text('sharedKey, oauth2: name of the storage account', { pattern: '^[a-z0-9]{3,24}$' }),
    accountKey: secret('sharedKey: one of its keys'),
    connectionString: secret('connectionString: as the portal shows it; with a key or a shared access signature'),
    tenantId: text('oauth2: id or domain of the tenant', { pattern: '^[A-Za-z0-9.-]{1,200}$' }),
    clientId: text('oauth2: id of the application', { minLength: 1, maxLength: 200 }),
    clientSecret: secret('oauth2: its secret'),
    authority: text('oauth2: who gives the tokens', { default: 'https://login.microsoftonline.com' }),
  },
  required: ['type'],
  additionalProperties: false,
  allOf: [
    needs('sharedKey', 'accountName', 'accountKey'),
    needs('connectionString', 'connectionString'),
    needs('oauth2', 'accountName', 'tenantId', 'clientId', 'clientSecret'),
  ],
};

export const CONNECTION_SCHEMA = objectOf(
  {
    auth,
    endpoint: text('Address of the blob service; that of the account in the public cloud where not given', {
      minLength: 1,
      examples: ['https://plant.blob.core.windows.net'],
    }),
    maxFileMb: maxFileMb(),
    timeoutMs: timeoutMs(),
    tls: tlsSchema(),
  },
  ['auth'],
);

const container = text('Name of the container', {
  pattern: '^(\\$root|\\$web|[a-z0-9](-?[a-z0-9]){2,62})$',
  maxLength: 63,
  examples: ['reports'],
});
const blob = path('Name of the blob; it may have slashes', { minLength: 1, examples: ['2026/shift.csv'] });
const metadata = {
  type: 'object',
  description: 'Kept with it',
  maxProperties: 50,
  additionalProperties: text('Value'),
};
const limit = integer('Entries in this answer', 1, LONGEST_LIST, { default: USUAL_LIST });
const cursor = text('The cursor of the answer before, to go on', { minLength: 1 });

export const CONTAINER_SCHEMA = objectOf({ container }, ['container']);
export const CREATE_CONTAINER_SCHEMA = objectOf({ container, metadata }, ['container']);
export const LIST_CONTAINERS_SCHEMA = objectOf({ prefix: text('What the names begin with'), limit, cursor });

export const BLOB_SCHEMA = objectOf({ container, blob }, ['container', 'blob']);
export const DOWNLOAD_SCHEMA = objectOf({ container, blob, format: readFormat() }, ['container', 'blob']);
export const UPLOAD_SCHEMA = objectOf(
  {
    container,
    blob,
    content: { description: 'What it is to hold' },
    format: writeFormat(),
    contentType: text('Media type; that of the format where not given', { minLength: 1, maxLength: 200 }),
    metadata,
    overwrite: flag('Whether it may take the place of one that is there', true),
  },
  ['container', 'blob', 'content'],
);
export const APPEND_SCHEMA = objectOf(
  { container, blob, content: { description: 'What is added, at most 4 MiB' }, format: writeFormat() },
  ['container', 'blob', 'content'],
);
export const LIST_BLOBS_SCHEMA = objectOf(
  {
    container,
    prefix: path('What the names begin with; all where not given'),
    recursive: flag(
      'Whether names with further slashes are told one by one, and not as the folders they seem to be in',
      true,
    ),
    limit,
    cursor,
  },
  ['container'],
);
