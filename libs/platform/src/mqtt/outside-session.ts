import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import { OutsideDelivery, RECEIVE_MAXIMUM } from './outside-delivery';
import type { OutsideIntake } from './outside-intake';
import { OutsideSubscriptions } from './outside-subscriptions';
import type { MqttTopicMounts } from './ports';

/** Seconds for which the broker keeps what arrives while nobody is connected. */
const SESSION_EXPIRY = 86_400;
/** How often the organizations' prefixes are looked at. */
const MOUNTS_MS = 1_000;
const RECONNECT_MS = 1_000;
const DRAIN_MS = 10_000;
const END_MS = 2_000;
/** Nothing for so long, after an answer of the broker and with nothing unacknowledged: it holds no more for us. */
const QUIET_MS = 500;
const SESSION_TAKEN_OVER = 0x8e;

export interface OutsideSessionOptions {
  url: string;
  /** What else signing in takes. */
  signIn?: IClientOptions;
  clientId: string;
  /** The name that processes share messages by; undefined to get all of them. */
  share: string | undefined;
  /** It is told after the first subscription of each connection. */
  whenSubscribed?: () => void;
}

const noop = (): void => undefined;

/** A lasting session at an outside broker, over MQTT 5: connects again by itself as long as it may. */
export class OutsideSession {
  private readonly log = new Logger(OutsideSession.name);
  private readonly delivery: OutsideDelivery;
  private readonly subscriptions: OutsideSubscriptions;
  private timers: NodeJS.Timeout[] = [];
  private leaving = false;
  private unsubscribed = false;
  private mayConnect = true;
  private closed = false;
  /** The connection has ended, and no other was tried yet. */
  private down = false;
  client: MqttClient | undefined;

  constructor(
    private readonly options: OutsideSessionOptions,
    intake: OutsideIntake,
    mounts: MqttTopicMounts,
  ) {
    this.delivery = new OutsideDelivery(intake);
    this.subscriptions = new OutsideSubscriptions(mounts, options.share, options.whenSubscribed ?? noop);
  }

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  get isSubscribed(): boolean {
    return this.isConnected && this.subscriptions.complete;
  }

  open(): this {
    const { url, signIn, clientId } = this.options;
    const client = connect(url, {
      ...signIn,
      protocolVersion: 5,
      clientId,
      clean: false,
      resubscribe: false,
      // By us: mqtt.js would not ask whether the session is still ours.
      reconnectPeriod: 0,
      properties: { sessionExpiryInterval: SESSION_EXPIRY, receiveMaximum: RECEIVE_MAXIMUM },
    });
    this.client = client;
    this.delivery.attach(client);
    client.on('connect', (connack) => this.connected(client, connack));
    client.on('close', () => (this.down = true));
    client.on('error', (error) => this.log.warn(`MQTT broker: ${error.message}`));
    client.on('disconnect', ({ reasonCode }) => this.disconnected(reasonCode));
    this.timers = [
      setInterval(() => this.reconnect(), RECONNECT_MS).unref(),
      setInterval(() => this.follow(client), MOUNTS_MS).unref(),
    ];
    return this;
  }

  /** Whether it may connect again. A connection that stands goes on: what comes over it is stored and acknowledged. */
  allow(mayConnect: boolean): void {
    this.mayConnect = mayConnect;
  }

  /**
   * Gives up its share of the messages and takes what the broker still holds. Resolves when nothing is left.
   * @throws Error when the signal is aborted before that, or the broker does not answer.
   */
  async leave(signal: AbortSignal): Promise<void> {
    this.leaving = true;
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(new Error('the session is left with messages in it'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      for (let isEmpty = false; !isEmpty;) isEmpty = await Promise.race([this.look(), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Ends the session at the broker, which drops whatever it holds for it. @throws Error when that cannot be told. */
  async end(): Promise<void> {
    if (!this.isConnected) throw new Error('the broker is not connected');
    this.stop();
    const told = this.client!.endAsync(false, { properties: { sessionExpiryInterval: 0 } });
    const late = delay(END_MS, 'late', { ref: false });
    if ((await Promise.race([told, late])) === 'late')
      throw new Error('the broker does not take the end of the session');
  }

  /** Takes no more messages, lets running handlers end and be acknowledged, then disconnects; the broker keeps the session. */
  async close(drainMs = DRAIN_MS): Promise<void> {
    this.stop();
    await this.delivery.stop(drainMs);
    await this.client?.endAsync(true);
  }

  private stop(): void {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
  }

  private connected(client: MqttClient, connack: IConnackPacket): void {
    this.down = false;
    this.subscriptions.startOver(connack.properties?.sharedSubscriptionAvailable !== false);
    if (!connack.sessionPresent) this.delivery.startOver();
    this.follow(client);
  }

  private follow(client: MqttClient): void {
    if (!this.leaving && !this.closed) this.subscriptions.follow(client);
  }

  private reconnect(): void {
    if (!this.down || !this.mayConnect || this.closed) return;
    this.down = false;
    this.client!.reconnect();
  }

  private disconnected(reasonCode: number | undefined): void {
    if (reasonCode !== SESSION_TAKEN_OVER || !this.mayConnect || this.closed) return;
    this.log.warn(
      `another client has connected to the broker as ${this.options.clientId}: a copy of this installation may use it, too`,
    );
  }

  /** Whether the broker holds nothing more for this session. It answers in the order in which it was asked. */
  private async look(): Promise<boolean> {
    const { arrivals, inFlight } = this.delivery;
    // At first whatever is under way: where messages never pause there is always some, and others are to get them now.
    if (this.isConnected && (inFlight === 0 || !this.unsubscribed)) {
      await this.subscriptions.remove(this.client!);
      this.unsubscribed = true;
    }
    await delay(QUIET_MS, undefined, { ref: false });
    return this.isConnected && inFlight === 0 && this.delivery.inFlight === 0 && this.delivery.arrivals === arrivals;
  }
}
