import type { ObjectSchema } from '../protocol';
import { PAYLOAD_FORMATS, payloadFormat } from '../support/payload';
import { flag, integer, objectOf, oneOf, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    brokerUrl: text(
      'The broker: mqtt://host:port, or mqtts://host:port for TLS; ports 1883 and 8883 where none is given',
      {
        minLength: 1,
        examples: ['mqtts://broker.example.com:8883'],
      },
    ),
    version: oneOf('Version of the protocol', ['3.1', '3.1.1', '5.0'], '3.1.1'),
    clientId: text(
      'Name at the broker; made from the id of the connection where not given. Each subscription has a session of its own, named <clientId>-<id of the function>',
      { minLength: 1, maxLength: 65_000 },
    ),
    username: text('Name of the user', { minLength: 1 }),
    password: secret('Password of the user'),
    keepAliveSeconds: integer('Seconds of silence after which each side looks for the other; 0: never', 0, 65_535, {
      default: 60,
    }),
    connectTimeoutSeconds: integer('Seconds that connecting may take', 1, 300, { default: 30 }),
    cleanSession: flag(
      'Clean session (clean start in version 5): the broker keeps nothing for subscriptions while the connection is away',
      true,
    ),
    sessionExpirySeconds: integer(
      'Version 5, where cleanSession is false: seconds for which the broker keeps a session that is not connected',
      1,
      4_294_967_295,
      { default: 86_400 },
    ),
    timeoutMs: timeoutMs(),
    tls: tlsSchema(),
  },
  ['brokerUrl'],
);

const qos = (preset: number) => ({ enum: [0, 1, 2], default: preset, description: 'Quality of service' });

export const PUBLISH_SCHEMA: ObjectSchema = objectOf(
  {
    topic: text('Topic, without wildcards', { minLength: 1, maxLength: 65_535 }),
    payload: { description: 'A text is sent as it is, anything else as JSON' },
    payloadFormat: oneOf('How the payload becomes bytes', PAYLOAD_FORMATS, 'auto'),
    qos: qos(0),
    retain: flag('The broker keeps it for those who subscribe later', false),
    properties: {
      ...objectOf({
        contentType: text('MIME type of the payload'),
        responseTopic: text('Topic for an answer', { minLength: 1 }),
        correlationData: text('What an answer shall carry'),
        messageExpirySeconds: integer('Seconds after which it is not delivered any more', 0, 4_294_967_295),
        userProperties: {
          type: 'object',
          description: 'Names and values of your own',
          maxProperties: 50,
          additionalProperties: text('Value'),
        },
      }),
      description: 'For connections of version 5.0',
    },
  },
  ['topic', 'payload'],
);

export const SUBSCRIBE_SCHEMA: ObjectSchema = objectOf(
  {
    topics: {
      type: 'array',
      description: 'Topics or filters with wildcards',
      minItems: 1,
      maxItems: 100,
      items: text('Filter', { minLength: 1, maxLength: 65_535 }),
    },
    qos: qos(1),
    payloadFormat: payloadFormat(),
  },
  ['topics'],
);
