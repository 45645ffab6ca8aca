import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { ServerMqtt } from '@nestjs/microservices';
import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import { topicProblem } from '#kernel';
import type { MqttMessageHandler } from './ingest';
import { soleHandler } from './mqtt-data';
import { ORIGIN_PROPERTY, type OriginMark } from './origin-mark';
import type { MqttMessageContext, MqttTopicMounts } from './ports';
import { encodeAck, REASON, refusalOf, type Refusal } from './reason-codes';

/** Messages that are taken and not yet acknowledged: MQTT 5 Receive Maximum (section 3.1.2.11.3). */
const RECEIVE_MAXIMUM = 2_000;
/** Seconds for which the broker keeps what arrives while this process is away. */
const SESSION_EXPIRY = 86_400;
/** How often the organizations' prefixes are looked at. */
const MOUNTS_MS = 1_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
const DRAIN_MS = 10_000;
const SHARE = '$share/maestrohub/';

export interface OutsideBrokerOptions {
  url: string;
  /** The session at the broker: the same after a restart, another one for every process. */
  clientId: string;
  /** Several processes share the messages; otherwise each one gets all of them. */
  shared: boolean;
}

/** Host and data directory make the client id: two ingest processes of one host need a data directory each. */
export const stableClientId = (dataDir: string): string =>
  `maestrohub-uns-${hostname()}-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;

type Callback = (error?: Error) => void;

const noop = (): void => undefined;

/**
 * Nest's MQTT transport against a broker of the user's, over MQTT 5, with two differences: the payload reaches the handler
 * as bytes, and a message is acknowledged when the handler has resolved rather than when it has arrived.
 */
@Injectable()
export class OutsideBrokerStrategy extends ServerMqtt {
  private handle!: MqttMessageHandler;
  private client: MqttClient | undefined;
  private inFlight = 0;
  private closing = false;
  private sharing = false;
  private subscribed: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;
  private idle = noop;
  /** Calls back to mqtt.js that are held so that it does not read on: QoS 0 knows no Receive Maximum. */
  private readonly held: Callback[] = [];
  /** Messages by id whose handler runs or whose PUBACK could not be sent: the broker sends them again on reconnect. */
  private readonly unacknowledged = new Map<number, Promise<Refusal | undefined>>();
  isSubscribed = false;
  messagesIn = 0;
  /** Messages acknowledged without being stored: not data of ours, or refused by the handler. */
  refused = 0;

  constructor(
    private readonly settings: OutsideBrokerOptions,
    private readonly mounts: MqttTopicMounts,
    private readonly origin: OriginMark,
  ) {
    super({
      url: settings.url,
      protocolVersion: 5,
      clientId: settings.clientId,
      clean: false,
      resubscribe: false,
      properties: { sessionExpiryInterval: SESSION_EXPIRY, receiveMaximum: RECEIVE_MAXIMUM },
    });
  }

  /** Whether messages reach us; a process that does not run this transport waits for none. */
  get isReady(): boolean {
    return this.client === undefined || (this.isConnected && this.isSubscribed);
  }

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  override bindEvents(client: MqttClient): void {
    this.handle = soleHandler(this.messageHandlers);
    this.client = client;
    client.handleMessage = (packet, callback) => this.arrived(client, packet, callback);
    client.on('connect', (connack) => this.connected(client, connack));
    this.timer = setInterval(() => this.subscribe(client), MOUNTS_MS).unref();
  }

  /** Takes no more messages, lets running handlers end and be acknowledged, then leaves; the broker keeps the session. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- Nest's own transports differ, and all are awaited.
  override async close(): Promise<void> {
    const { client } = this;
    this.closing = true;
    clearInterval(this.timer);
    if (this.inFlight > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, DRAIN_MS);
      this.idle = resolve;
      await promise.finally(() => clearTimeout(timer));
    }
    await client?.endAsync(true);
    this.pendingEventListeners = [];
  }

  private connected(client: MqttClient, connack: IConnackPacket): void {
    this.sharing = this.settings.shared && connack.properties?.sharedSubscriptionAvailable !== false;
    // Again with every connection: the broker may have lost the session.
    this.subscribed = new Set();
    this.isSubscribed = false;
    this.subscribe(client);
    // With a new session the broker numbers its messages anew.
    if (!connack.sessionPresent) this.unacknowledged.clear();
  }

  /** Follows the mounts: an organization may have got a prefix of its own. */
  private subscribe(client: MqttClient): void {
    if (!client.connected) return;
    const wanted = new Set(this.mounts.subscriptions().map((filter) => (this.sharing ? SHARE + filter : filter)));
    const missing = [...wanted].filter((filter) => !this.subscribed.has(filter));
    const surplus = [...this.subscribed].filter((filter) => !wanted.has(filter));
    this.subscribed = wanted;
    if (surplus.length > 0) client.unsubscribe(surplus);
    if (missing.length === 0) return;
    // QoS 1 also for what is published with 2: mqtt.js would acknowledge a QoS 2 message before its handler runs.
    // Retain handling 1: retained messages with a new subscription only, not with every reconnect.
    client.subscribe(missing, { qos: 1, rh: 1 }, (error, granted) => {
      const failed = granted?.filter(({ qos }) => qos >= 0x80).map(({ topic }) => topic) ?? [];
      if (error) this.logger.error(error);
      else if (failed.length > 0) this.logger.error(`the broker refuses to subscribe to ${failed.join(', ')}`);
      else this.isSubscribed = true;
    });
  }

  /** Stands in for mqtt.js's hook: with an error given back it sends no PUBACK and reads on. */
  private arrived(client: MqttClient, packet: IPublishPacket, callback: Callback): void {
    // Without an answer mqtt.js stops reading.
    if (this.closing) return;
    this.inFlight++;
    if (packet.qos === 0) {
      void this.take(packet).then(() => this.ended());
      if (this.inFlight < RECEIVE_MAXIMUM) callback();
      else this.held.push(callback);
      return;
    }
    callback(new Error('deferred'));
    const messageId = packet.messageId!;
    const { stream } = client;
    const earlier = packet.dup ? this.unacknowledged.get(messageId) : undefined;
    const result = earlier ?? this.take(packet);
    this.unacknowledged.set(messageId, result);
    void result.then((refusal) => {
      // A message id means something on its own connection alone.
      if (client.stream === stream && client.connected) {
        stream.write(encodeAck('puback', messageId, refusal?.code, refusal?.text));
        this.unacknowledged.delete(messageId);
      }
      this.ended();
    });
  }

  /** Resolves once the message is stored, or refused for good: an outside broker would send it again for ever. */
  private async take(packet: IPublishPacket): Promise<Refusal | undefined> {
    const mark = packet.properties?.userProperties?.[ORIGIN_PROPERTY];
    if (mark !== undefined && this.origin.isOurs(mark, packet.topic)) return undefined;
    const mounted = this.mounts.resolve(packet.topic);
    const problem = mounted ? topicProblem(mounted.topic) : 'Topic belongs to no organization';
    if (!mounted || problem)
      return this.refuse(packet, { code: REASON.topicNameInvalid, text: problem!, transient: false });
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const refusal = await this.untilSettled(payload, { ...mounted, ...detailsOf(packet) });
    if (refusal) return this.refuse(packet, refusal);
    this.messagesIn++;
    return undefined;
  }

  /** Whatever may pass is tried again, however long it takes: until then the message holds a place of Receive Maximum. */
  private async untilSettled(payload: Buffer, context: MqttMessageContext): Promise<Refusal | undefined> {
    for (let pause = FIRST_RETRY_MS; ; pause = Math.min(2 * pause, LONGEST_RETRY_MS)) {
      try {
        await this.handle(payload, context);
        return undefined;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal && !refusal.transient) return refusal;
        this.logger.error(`message on ${context.topic} is kept back: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
      }
    }
  }

  private refuse(packet: IPublishPacket, refusal: Refusal): Refusal {
    this.refused++;
    this.logger.warn(`message on ${packet.topic} is refused: ${refusal.text}`);
    // 0x95 belongs to DISCONNECT; a PUBACK has no code for it.
    return refusal.code === REASON.packetTooLarge ? { ...refusal, code: REASON.quotaExceeded } : refusal;
  }

  private ended(): void {
    this.inFlight--;
    this.held.shift()?.();
    if (this.inFlight === 0) this.idle();
  }
}

const detailsOf = ({ qos, retain }: IPublishPacket) => ({ qos, retain, clientId: undefined });
