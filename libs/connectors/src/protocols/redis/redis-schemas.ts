import type { ObjectSchema } from '../protocol';
import { PAYLOAD_FORMATS, payloadFormat } from '../support/payload';
import { flag, host, integer, objectOf, oneOf, port, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    host: host('localhost'),
    port: port(6379),
    username: text('Name of the user (ACL); the default one where not given', { minLength: 1 }),
    password: secret('Password of the user'),
    database: integer('Number of the database', 0, 65_535, { default: 0 }),
    connectTimeoutSeconds: integer('Seconds that connecting may take', 1, 300, { default: 30 }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema({ enabled: flag('Whether TLS is used', false) }),
  },
  ['host'],
);

const key = text('Key', { minLength: 1, maxLength: 10_000 });
const asBytes = oneOf('How the value becomes bytes', PAYLOAD_FORMATS, 'auto');

export const COMMAND_SCHEMA: ObjectSchema = objectOf(
  {
    command: text('Command; those that wait, run code, administrate or change the connection are refused', {
      maxLength: 100,
      pattern: '^[A-Za-z][A-Za-z0-9._-]*$',
    }),
    args: {
      type: 'array',
      description: 'Its arguments, one by one',
      maxItems: 1_000,
      items: { type: ['string', 'number', 'boolean'] },
    },
  },
  ['command'],
);

export const GET_SCHEMA: ObjectSchema = objectOf({ key, payloadFormat: payloadFormat() }, ['key']);

export const SET_SCHEMA: ObjectSchema = objectOf(
  {
    key,
    value: { description: 'A text is kept as it is, anything else as JSON' },
    payloadFormat: asBytes,
    ttlSeconds: integer('Seconds after which it is gone', 1, 31_536_000),
    onlyIf: oneOf('Where the key has to be absent or present, or nothing is set', ['absent', 'present']),
  },
  ['key', 'value'],
);

export const PUBLISH_SCHEMA: ObjectSchema = objectOf(
  {
    channel: text('Channel', { minLength: 1, maxLength: 10_000 }),
    payload: { description: 'A text is sent as it is, anything else as JSON' },
    payloadFormat: asBytes,
  },
  ['channel', 'payload'],
);

export const SUBSCRIBE_SCHEMA: ObjectSchema = objectOf(
  {
    channels: {
      type: 'array',
      description: 'Channels, or patterns of their names',
      minItems: 1,
      maxItems: 100,
      items: text('Channel', { minLength: 1 }),
    },
    usePatterns: flag('Whether * ? and [] are wildcards', false),
    payloadFormat: payloadFormat(),
  },
  ['channels'],
);
