import { randomUUID } from 'node:crypto';
import type { IClientPublishOptions, IPublishPacket, Packet } from 'mqtt';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, SessionContext, Subscriber, Subscription } from '../protocol';
import { encodePayload } from '../support/payload';
import { DEFAULT_TIMEOUT } from '../support/schema';
import type { MqttConfig, MqttProperties, PublishConfig, SubscribeConfig } from './mqtt-config';
import { MqttLink, requireSize } from './mqtt-link';
import { MqttSubscription } from './mqtt-subscription';

/** Milliseconds. */
const LONGEST_CHECK = 10_000;

/**
 * A client that publishes, and one more for each subscription: so filters that overlap bring nothing twice, and what a
 * broker has kept for a subscription comes to it alone, as soon as it is connected.
 */
export class MqttSession implements Session {
  private constructor(
    private readonly config: MqttConfig,
    private readonly context: SessionContext,
    private readonly link: MqttLink,
  ) {
    link.onLost = (reason) => context.lost(reason);
  }

  static async open(config: MqttConfig, context: SessionContext): Promise<MqttSession> {
    const clientId = clientIdOf(config, context);
    return new MqttSession(config, context, await MqttLink.open({ config, clientId, clean: true, context }));
  }

  async call(_functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const { topic, payload, payloadFormat, qos = 0, retain = false, properties } = config as unknown as PublishConfig;
    if (properties && this.link.version !== '5.0') {
      throw new ConnectorError('Properties can be sent over connections of version 5.0 alone');
    }
    const bytes = encodePayload(payload, payloadFormat);
    requireSize(this.link, bytes.length);
    const how: IClientPublishOptions = { qos, retain, ...(properties && { properties: propertiesOf(properties) }) };
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    await this.link.ask(timeoutMs, options.signal, (client) => client.publishAsync(topic, bytes, how));
    return { topic, qos, bytes: bytes.length };
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.link.ask(LONGEST_CHECK, signal, async (client) => {
      const answered = new Promise<void>((resolve) => {
        const look = ({ cmd }: Packet): void => {
          if (cmd !== 'pingresp') return;
          client.off('packetreceive', look);
          resolve();
        };
        client.on('packetreceive', look);
      });
      client.sendPing();
      await answered;
    });
  }

  async subscribe(_functionType: string, wanted: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const { config, context } = this;
    const { topics, qos = 1 } = wanted as unknown as SubscribeConfig;
    const receiver = new MqttSubscription(wanted as unknown as SubscribeConfig, subscriber);
    const link = await MqttLink.open({
      config,
      clientId: `${clientIdOf(config, context)}-${subscriber.functionId}`,
      clean: config.cleanSession ?? true,
      context,
      receiver,
    });
    receiver.link = link;
    try {
      // 1: of version 5; retained messages come with a new subscription, not with each reconnect.
      await link.ask(config.timeoutMs ?? DEFAULT_TIMEOUT, undefined, (client) =>
        client.subscribeAsync([...new Set(topics)], { qos, rh: 1 }),
      );
    } catch (error) {
      await receiver.close();
      throw error;
    }
    link.onLost = (reason) => context.lost(reason);
    return receiver;
  }

  close(): Promise<void> {
    return this.link.close();
  }
}

const clientIdOf = ({ clientId }: MqttConfig, { connectionId, trial }: SessionContext): string =>
  `${clientId ?? `maestrohub-${connectionId}`}${trial ? `-${randomUUID()}` : ''}`;

function propertiesOf(properties: MqttProperties): NonNullable<IPublishPacket['properties']> {
  const { contentType, responseTopic, correlationData, messageExpirySeconds, userProperties } = properties;
  return {
    ...(contentType !== undefined && { contentType }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
    ...(messageExpirySeconds !== undefined && { messageExpiryInterval: messageExpirySeconds }),
    ...(userProperties && { userProperties }),
  };
}
