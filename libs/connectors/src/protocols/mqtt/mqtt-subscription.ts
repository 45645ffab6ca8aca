import { setTimeout as delay } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import type { Message, Subscriber, Subscription } from '../protocol';
import { Inlet } from '../support/inlet';
import { decodePayload } from '../support/payload';
import { untilKept } from '../support/until-kept';
import { matches, type SubscribeConfig } from './mqtt-config';
import { RECEIVE_MAXIMUM, type MqttLink, type Receiver } from './mqtt-link';

/** Milliseconds that messages under way have to be kept and acknowledged when the subscription is closed. */
const DRAIN_MS = 3_000;

/** What one client of the broker receives for one subscriber. */
export class MqttSubscription implements Subscription, Receiver {
  private readonly inlet: Inlet;
  private readonly closed = new AbortController();
  private inFlight = 0;
  /** Callbacks that are kept back so that nothing more is read. */
  private readonly held: (() => void)[] = [];
  /** Acknowledgements go out in the order of arrival (MQTT 5, section 4.6). */
  private acknowledged = Promise.resolve();
  link: MqttLink | undefined;

  constructor(
    private readonly config: SubscribeConfig,
    private readonly subscriber: Subscriber,
  ) {
    this.inlet = new Inlet(subscriber);
  }

  receive(packet: IPublishPacket, next: () => void, acknowledge: () => void): void {
    // What came too late stays with the broker.
    if (this.closed.signal.aborted) return;
    const message = this.read(packet);
    if (packet.qos === 0) {
      if (message) this.inlet.push(message);
      next();
      return;
    }
    if (++this.inFlight < RECEIVE_MAXIMUM) next();
    else this.held.push(next);
    const kept = message ? untilKept(this.subscriber, message, this.closed.signal) : Promise.resolve(true);
    this.acknowledged = Promise.all([kept, this.acknowledged]).then(([isKept]) => {
      if (isKept) acknowledge();
      this.inFlight--;
      this.held.shift()?.();
    });
  }

  async close(): Promise<void> {
    const { link } = this;
    if (link?.isUp) {
      // Nothing more is read; what has been is kept and acknowledged.
      link.client.stream.unpipe();
      await Promise.race([this.acknowledged, delay(DRAIN_MS, undefined, { ref: false })]);
    }
    this.closed.abort();
    this.inlet.close();
    await link?.close();
  }

  /** Undefined for what nobody asked for, and for what cannot be read. */
  private read({ topic, payload, qos, retain, dup, properties }: IPublishPacket): Message | undefined {
    // A session remembers filters that the function had before it was changed.
    if (!this.config.topics.some((filter) => matches(filter, topic))) return undefined;
    try {
      const decoded = decodePayload(Buffer.from(payload), this.config.payloadFormat);
      const { contentType, responseTopic, correlationData, userProperties } = properties ?? {};
      return {
        payload: decoded.payload,
        key: topic.slice(0, 1_000),
        more: {
          topic,
          qos,
          retain,
          dup,
          ...(contentType !== undefined && { contentType }),
          ...(responseTopic !== undefined && { responseTopic }),
          ...(correlationData !== undefined && { correlationData: decodePayload(correlationData).payload }),
          ...(userProperties !== undefined && { userProperties: { ...userProperties } }),
        },
      };
    } catch {
      this.subscriber.dropped(1);
      return undefined;
    }
  }
}
