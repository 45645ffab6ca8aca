import type { JsonObject, ObjectSchema } from '../protocol';
import { PAYLOAD_FORMATS, payloadFormat } from '../support/payload';
import { flag, host, integer, objectOf, oneOf, port, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    host: host('localhost'),
    port: port(5672),
    vhost: text('Virtual host', { minLength: 1, default: '/' }),
    username: text('Name of the user', { minLength: 1, default: 'guest' }),
    password: secret('Password of the user'),
    heartbeatSeconds: integer('Seconds of silence after which each side looks for the other; 0: never', 0, 3_600, {
      default: 30,
    }),
    connectTimeoutSeconds: integer('Seconds that connecting may take', 1, 300, { default: 30 }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema({ enabled: flag('Whether TLS is used; brokers have port 5671 for it', false) }),
  },
  ['host'],
);

const scalars = (description: string): JsonObject => ({
  type: 'object',
  description,
  maxProperties: 100,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
});

export const PUBLISH_SCHEMA: ObjectSchema = objectOf(
  {
    exchange: text('Exchange; without one the routing key names a queue', { default: '' }),
    routingKey: text('Routing key', { default: '' }),
    payload: { description: 'A text is sent as it is, anything else as JSON' },
    payloadFormat: oneOf('How the payload becomes bytes', PAYLOAD_FORMATS, 'auto'),
    mandatory: flag('A message that no queue gets is a failure', true),
    persistent: flag('Durable queues keep it on disk', true),
    contentType: text('MIME type; application/json where the payload is sent as JSON'),
    correlationId: text('What an answer belongs to'),
    replyTo: text('Queue for an answer'),
    messageId: text('Name of the message; the key of the call where that has one'),
    type: text('What kind of message it is'),
    priority: integer('In queues with priorities', 0, 255),
    expirationMs: integer('Milliseconds after which it leaves its queue', 0, 4_294_967_295),
    headers: scalars('Headers of your own'),
  },
  ['payload'],
);

export const CONSUME_SCHEMA: ObjectSchema = objectOf({
  queue: text('A queue that is there; with an exchange, one that is made where it is not', { minLength: 1 }),
  exchange: text('Exchange that a queue is bound to; a durable one of the connection itself where queue names none', {
    minLength: 1,
  }),
  exchangeType: oneOf('Makes the exchange, durable, where it is not there', ['direct', 'topic', 'fanout', 'headers']),
  routingKeys: {
    type: 'array',
    description: 'Keys of the bindings; a topic exchange knows * and #',
    minItems: 1,
    maxItems: 100,
    items: text('Key'),
    default: ['#'],
  },
  arguments: scalars('Arguments of the queue that is made: x-queue-type, x-message-ttl, x-max-length …'),
  keepSeconds: integer(
    'Seconds for which the queue of the connection itself is kept while nobody consumes it',
    60,
    2_592_000,
    { default: 604_800 },
  ),
  prefetch: integer('Messages that may be under way', 1, 200, { default: 50 }),
  payloadFormat: payloadFormat(),
});
