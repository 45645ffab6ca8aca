import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { configProblems, consumeProblems, publishProblems, type RabbitConfig } from './rabbitmq-config';
import { CONNECTION_SCHEMA, CONSUME_SCHEMA, PUBLISH_SCHEMA } from './rabbitmq-schemas';
import { RabbitSession } from './rabbitmq-session';

/** Brokers of AMQP 0-9-1. */
@Protocol()
export class RabbitProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'rabbitmq',
    title: 'RabbitMQ',
    description: 'Publishes to exchanges and queues, and consumes queues, by AMQP 0-9-1',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'rabbit.example.com', vhost: '/', username: 'hub', password: 'a secret' },
    functions: [
      {
        type: 'rabbitmq.publish',
        title: 'Publish',
        description: 'Sends a message; succeeds once the broker has confirmed it',
        kind: 'call',
        config: PUBLISH_SCHEMA,
        example: { exchange: 'plant', routingKey: 'line1.setpoint', payload: { speed: '((speed))' } },
        check: publishProblems,
      },
      {
        type: 'rabbitmq.consume',
        title: 'Consume',
        description: 'Brings the messages of a queue; each is acknowledged once it is kept',
        kind: 'subscribe',
        config: CONSUME_SCHEMA,
        example: { exchange: 'plant', routingKeys: ['line1.*'] },
        check: consumeProblems,
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, context: SessionContext): Promise<RabbitSession> {
    return RabbitSession.open(config as unknown as RabbitConfig, context);
  }
}
