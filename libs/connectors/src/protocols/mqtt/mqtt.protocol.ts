import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { levelEncoder, type Levels } from '../support/levels';
import { configProblems, publishProblems, subscribeProblems, type MqttConfig } from './mqtt-config';
import { CONNECTION_SCHEMA, PUBLISH_SCHEMA, SUBSCRIBE_SCHEMA } from './mqtt-schemas';
import { MqttSession } from './mqtt-session';

const TOPIC: Levels = { separator: '/', special: /[+#\0]/ };

/** Brokers of MQTT. */
@Protocol()
export class MqttProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'mqtt',
    title: 'MQTT',
    description: 'Publishes to brokers and subscribes there: MQTT 3.1, 3.1.1 and 5, QoS 0 to 2, TLS',
    version: 1,
    verified: true,
    mode: 'live',
    config: CONNECTION_SCHEMA,
    example: { brokerUrl: 'mqtts://broker.example.com:8883', username: 'hub', password: 'a secret' },
    functions: [
      {
        type: 'mqtt.publish',
        title: 'Publish',
        description: 'Sends a message; with QoS 1 and 2 it succeeds once the broker has it',
        kind: 'call',
        config: PUBLISH_SCHEMA,
        example: { topic: 'plant/line1/setpoint', payload: { speed: '((speed))' }, qos: 1 },
        encoderAt: ([member], config) => (member === 'topic' ? levelEncoder(TOPIC, 'topic', config) : undefined),
        check: publishProblems,
      },
      {
        type: 'mqtt.subscribe',
        title: 'Subscribe',
        description: 'Brings the messages of topics; with QoS 1 and 2 each is acknowledged once it is kept',
        kind: 'subscribe',
        config: SUBSCRIBE_SCHEMA,
        example: { topics: ['plant/+/temperature'], qos: 1 },
        check: subscribeProblems,
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, context: SessionContext): Promise<MqttSession> {
    return MqttSession.open(config as unknown as MqttConfig, context);
  }
}
