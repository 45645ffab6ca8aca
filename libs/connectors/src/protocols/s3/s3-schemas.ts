import type { ObjectSchema } from '../protocol';
import { maxFileMb, readFormat, writeFormat } from '../support/file-content';
import { path } from '../support/file-path';
import { flag, integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

/** Entries of a list in one answer. */
export const USUAL_LIST = 2_000;
const LONGEST_LIST = 100_000;

const key = (description: string) => path(description, { minLength: 1, examples: ['reports/2026/shift.csv'] });

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    region: text('Region of the bucket; servers that know none take the usual one', {
      default: 'us-east-1',
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-z0-9-]+$',
    }),
    bucket: text('Name of the bucket', {
      minLength: 3,
      maxLength: 63,
      pattern: '^[a-z0-9][a-z0-9.-]+[a-z0-9]$',
    }),
    prefix: path('Where every key begins; nothing outside of it is reached', { examples: ['plant/north'] }),
    accessKeyId: text('Id of the access key', { minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' }),
    secretAccessKey: secret('Its secret'),
    sessionToken: secret('Session token of temporary credentials'),
    endpoint: text('Address of a compatible server, http or https; that of AWS where not given', {
      minLength: 1,
      examples: ['https://minio.example.com:9000'],
    }),
    pathStyle: flag('Whether the bucket is part of the path, as most compatible servers want it', false),
    serverSideEncryption: oneOf('How what is written is encrypted there', ['none', 'AES256', 'aws:kms'], 'none'),
    kmsKeyId: text('aws:kms: id or ARN of the key, where it is not the account’s own', { minLength: 1 }),
    maxFileMb: maxFileMb(),
    listLimit: integer('The most objects that a list gives', 1, LONGEST_LIST, { default: USUAL_LIST }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema(),
  },
  ['bucket', 'accessKeyId', 'secretAccessKey'],
);

export const GET_SCHEMA = objectOf({ key: key('Key of the object, below the prefix'), format: readFormat() }, ['key']);

export const PUT_SCHEMA = objectOf(
  {
    key: key('Key of the object, below the prefix'),
    content: { description: 'What it is to hold' },
    format: writeFormat(),
    contentType: text('Media type; that of the format where not given', { minLength: 1, maxLength: 200 }),
    metadata: {
      type: 'object',
      description: 'Kept with the object',
      maxProperties: 50,
      additionalProperties: text('Value'),
    },
  },
  ['key', 'content'],
);

export const LIST_SCHEMA = objectOf({
  prefix: path('What the keys begin with, below the connection’s prefix; all where not given'),
  recursive: flag(
    'Whether keys with further slashes are told one by one, and not as the folders they seem to be in',
    true,
  ),
  limit: integer('Objects and folders in this answer', 1, LONGEST_LIST),
  cursor: text('The cursor of the answer before, to go on', { minLength: 1 }),
});

export const ONE_SCHEMA = objectOf({ key: key('Key of the object, below the prefix') }, ['key']);
