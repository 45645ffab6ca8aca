import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { levelEncoder, type Levels } from '../support/levels';
import { configProblems, consumeProblems, publishProblems, subscribeProblems, type NatsConfig } from './nats-config';
import {
  CONNECTION_SCHEMA,
  CONSUME_SCHEMA,
  PUBLISH_SCHEMA,
  REQUEST_SCHEMA,
  STREAM_PUBLISH_SCHEMA,
  SUBSCRIBE_SCHEMA,
} from './nats-schemas';
import { NatsSession } from './nats-session';

const SUBJECT: Levels = { separator: '.', special: /[*>\s\0]/ };

const sends: Pick<FunctionType, 'kind' | 'encoderAt' | 'check'> = {
  kind: 'call',
  encoderAt: ([member], config) => (member === 'subject' ? levelEncoder(SUBJECT, 'subject', config) : undefined),
  check: publishProblems,
};

/** Servers of NATS, with and without JetStream. */
@Protocol()
export class NatsProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'nats',
    title: 'NATS',
    description: 'Publishes, asks and listens on subjects, and works with the streams of JetStream',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: {
      servers: 'nats://nats.example.com:4222',
      auth: { type: 'user', username: 'hub', password: 'a secret' },
    },
    functions: [
      {
        ...sends,
        type: 'nats.publish',
        title: 'Publish',
        description: 'Sends a message to those who listen; succeeds once the server has it',
        config: PUBLISH_SCHEMA,
        example: { subject: 'plant.line1.setpoint', payload: { speed: '((speed))' } },
      },
      {
        ...sends,
        type: 'nats.request',
        title: 'Request',
        description: 'Sends a message and brings the first answer',
        config: REQUEST_SCHEMA,
        example: { subject: 'orders.find', payload: { id: '((id))' } },
      },
      {
        ...sends,
        type: 'nats.jetstreamPublish',
        title: 'Publish to a stream',
        description: 'Sends a message; succeeds once a stream of JetStream keeps it',
        config: STREAM_PUBLISH_SCHEMA,
        example: { subject: 'orders.new', payload: { id: '((id))' }, messageId: '((id))' },
      },
      {
        type: 'nats.subscribe',
        title: 'Subscribe',
        description: 'Brings the messages of subjects while the connection is there',
        kind: 'subscribe',
        config: SUBSCRIBE_SCHEMA,
        example: { subjects: ['plant.*.temperature'] },
        check: subscribeProblems,
      },
      {
        type: 'nats.jetstreamConsume',
        title: 'Consume a stream',
        description: 'Brings the messages of a stream; each is acknowledged once it is kept',
        kind: 'subscribe',
        config: CONSUME_SCHEMA,
        example: { stream: 'ORDERS', filterSubject: 'orders.*' },
        check: consumeProblems,
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, context: SessionContext): Promise<NatsSession> {
    return NatsSession.open(config as unknown as NatsConfig, context);
  }
}
