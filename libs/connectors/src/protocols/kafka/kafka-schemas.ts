import type { ObjectSchema } from '../protocol';
import { PAYLOAD_FORMATS, payloadFormat } from '../support/payload';
import { flag, integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    brokers: {
      type: 'array',
      description: 'Brokers to ask for the others, each host:port; the first that can be reached is used',
      minItems: 1,
      maxItems: 20,
      items: text('Broker', { minLength: 1, maxLength: 300, examples: ['kafka.example.com:9092'] }),
    },
    clientId: text('Name by which brokers know the connection', {
      minLength: 1,
      maxLength: 200,
      pattern: '^\\S+$',
      default: 'maestrohub',
    }),
    auth: {
      ...objectOf(
        {
          type: oneOf(
            'How brokers are told who connects (SASL)',
            ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
            'none',
          ),
          username: text('Name of the user', { minLength: 1 }),
          password: secret('Password of the user'),
        },
        ['type'],
      ),
      if: { properties: { type: { not: { const: 'none' } } } },
      then: { required: ['username', 'password'] },
    },
    connectTimeoutSeconds: integer('Seconds that connecting to one broker may take', 1, 300, { default: 10 }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema({ enabled: flag('Whether TLS is used', false) }),
  },
  ['brokers'],
);

export const PRODUCE_SCHEMA: ObjectSchema = objectOf(
  {
    topic: text('Topic', { minLength: 1 }),
    key: text('Key of the record: records of one key stay in order, in one partition', { maxLength: 10_000 }),
    value: { description: 'A text is sent as it is, anything else as JSON; null marks the key as deleted (tombstone)' },
    valueFormat: oneOf('How the value becomes bytes', PAYLOAD_FORMATS, 'auto'),
    headers: {
      type: 'object',
      description: 'Headers of the record',
      maxProperties: 50,
      additionalProperties: text('Value'),
    },
    partition: integer('Partition; chosen by the key, or in turn, where none is given', 0, 1_000_000),
  },
  ['topic', 'value'],
);

export const CONSUME_SCHEMA: ObjectSchema = objectOf(
  {
    topics: {
      type: 'array',
      description: 'Topics that are there',
      minItems: 1,
      maxItems: 100,
      items: text('Topic', { minLength: 1 }),
    },
    groupId: text('Consumer group; one of the function itself where none is given', {
      minLength: 1,
      pattern: '^\\S+$',
    }),
    from: oneOf('Where a group begins that has no offset yet', ['earliest', 'latest'], 'latest'),
    payloadFormat: payloadFormat(),
  },
  ['topics'],
);
