import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { configProblems, consumeProblems, produceProblems, type KafkaConfig } from './kafka-config';
import { CONNECTION_SCHEMA, CONSUME_SCHEMA, PRODUCE_SCHEMA } from './kafka-schemas';
import { KafkaSession } from './kafka-session';

/** Clusters of Apache Kafka and of what speaks its protocol. */
@Protocol()
export class KafkaProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'kafka',
    title: 'Kafka',
    description: 'Produces records and consumes topics as a member of a group',
    version: 1,
    verified: false,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: {
      brokers: ['kafka.example.com:9092'],
      auth: { type: 'scram-sha-512', username: 'hub', password: 'a secret' },
    },
    functions: [
      {
        type: 'kafka.produce',
        title: 'Produce',
        description: 'Sends a record; succeeds once all in-sync replicas have it',
        kind: 'call',
        config: PRODUCE_SCHEMA,
        example: { topic: 'plant.setpoints', key: '((line))', value: { speed: '((speed))' } },
        check: produceProblems,
      },
      {
        type: 'kafka.consume',
        title: 'Consume',
        description: 'Brings the records of topics; offsets are committed once the records are kept',
        kind: 'subscribe',
        config: CONSUME_SCHEMA,
        example: { topics: ['plant.measurements'], from: 'latest' },
        check: consumeProblems,
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, context: SessionContext): Promise<KafkaSession> {
    return KafkaSession.open(config as unknown as KafkaConfig, context);
  }
}
