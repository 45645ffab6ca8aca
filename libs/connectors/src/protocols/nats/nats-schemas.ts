import type { ObjectSchema } from '../protocol';
import { PAYLOAD_FORMATS, payloadFormat } from '../support/payload';
import { flag, integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    servers: text('Servers, separated by commas; the first that can be reached is used', {
      minLength: 1,
      examples: ['nats://nats.example.com:4222'],
    }),
    clientName: text('Name by which the server knows the connection', { minLength: 1, default: 'maestrohub' }),
    auth: {
      ...objectOf(
        {
          type: oneOf('How the server is told who connects', ['none', 'user', 'token'], 'none'),
          username: text('user: name', { minLength: 1 }),
          password: secret('user: password'),
          token: secret('token: the token'),
        },
        ['type'],
      ),
      allOf: [
        { if: { properties: { type: { const: 'user' } } }, then: { required: ['username'] } },
        { if: { properties: { type: { const: 'token' } } }, then: { required: ['token'] } },
      ],
    },
    connectTimeoutSeconds: integer('Seconds that connecting to one server may take', 1, 300, { default: 10 }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema({ enabled: flag('Whether TLS is used', false) }),
  },
  ['servers'],
);

const SUBJECT = text('Subject, without wildcards', { minLength: 1 });

const MESSAGE: ObjectSchema['properties'] = {
  subject: SUBJECT,
  payload: { description: 'A text is sent as it is, anything else as JSON' },
  payloadFormat: oneOf('How the payload becomes bytes', PAYLOAD_FORMATS, 'auto'),
  headers: {
    type: 'object',
    description: 'Headers of the message',
    maxProperties: 50,
    propertyNames: { pattern: '^[!-9;-~]+$' },
    additionalProperties: text('Value', { pattern: '^[^\\r\\n]*$' }),
  },
};

export const PUBLISH_SCHEMA: ObjectSchema = objectOf(
  { ...MESSAGE, reply: text('Subject for an answer', { minLength: 1 }) },
  ['subject'],
);

export const REQUEST_SCHEMA: ObjectSchema = objectOf({ ...MESSAGE, answerFormat: payloadFormat() }, ['subject']);

export const STREAM_PUBLISH_SCHEMA: ObjectSchema = objectOf(
  {
    ...MESSAGE,
    messageId: text(
      'The stream keeps a message of that name once within its window; the key of the call where none is given',
      {
        minLength: 1,
      },
    ),
  },
  ['subject'],
);

export const SUBSCRIBE_SCHEMA: ObjectSchema = objectOf(
  {
    subjects: {
      type: 'array',
      description: 'Subjects, with wildcards',
      minItems: 1,
      maxItems: 100,
      items: text('Subject', { minLength: 1 }),
    },
    queue: text('Queue group: each message comes to one of its members', { minLength: 1, pattern: '^\\S+$' }),
    payloadFormat: payloadFormat(),
  },
  ['subjects'],
);

const name = (description: string) => text(description, { minLength: 1, maxLength: 255, pattern: '^[^\\s.*>/\\\\]+$' });

export const CONSUME_SCHEMA: ObjectSchema = objectOf(
  {
    stream: name('The stream'),
    filterSubject: text('Subject to bring the messages of, with wildcards; all of the stream where not given', {
      minLength: 1,
    }),
    deliver: oneOf('Where a new consumer begins', ['all', 'new', 'last'], 'new'),
    durable: name('A durable pull consumer that is there; one is made for the function where not given'),
    keepSeconds: integer('Seconds for which the consumer that was made is kept while nobody asks it', 60, 2_592_000, {
      default: 604_800,
    }),
    payloadFormat: payloadFormat(),
  },
  ['stream'],
);
