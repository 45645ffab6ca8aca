import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { unavailable } from '#kernel';
import { ORIGIN_PROPERTY, type OriginMark } from './origin-mark';
import type { MqttOutlet, MqttTopicMounts } from './ports';

/** Messages that the broker has not acknowledged yet; beyond them publishing is refused. */
const MAX_IN_FLIGHT = 2_000;
/** What the broker has not acknowledged by then is given up. */
const GOODBYE_MS = 2_000;

/** Publishes to a broker of the user's over a connection of its own, marked so that ingest skips it. */
export class OutsideOutlet implements MqttOutlet {
  private readonly log = new Logger(OutsideOutlet.name);
  private client: MqttClient | undefined;
  private inFlight = 0;
  private connectedAt = 0;
  private readonly firstConnected = Promise.withResolvers<void>();
  messagesOut = 0;

  constructor(
    private readonly url: string,
    private readonly mounts: MqttTopicMounts,
    private readonly origin: OriginMark,
    private readonly signIn: IClientOptions = {},
  ) {}

  /** Connects, and again whenever the connection ends. Resolves when it is connected for the first time. */
  open(): Promise<void> {
    const clientId = `maestrohub-out-${randomUUID()}`;
    this.client = connect(this.url, { ...this.signIn, protocolVersion: 5, clientId });
    this.client.on('connect', () => {
      this.connectedAt = Date.now();
      this.firstConnected.resolve();
    });
    this.client.on('error', (error) => this.log.warn(`MQTT broker: ${error.message}`));
    return this.firstConnected.promise;
  }

  get isConnected(): boolean {
    return this.client?.connected ?? false;
  }

  get uptimeSeconds(): number {
    return this.isConnected ? Math.floor((Date.now() - this.connectedAt) / 1000) : 0;
  }

  hasAudience(): boolean {
    return true;
  }

  /** Resolves with the broker's PUBACK. @throws DomainError `unavailable` when the broker does not keep up. */
  async publish(organizationId: string, topic: string, payload: Buffer, recordId: string): Promise<void> {
    if (!this.client || this.inFlight >= MAX_IN_FLIGHT) throw unavailable('The MQTT broker does not keep up');
    const brokerTopic = this.mounts.mount(organizationId, topic);
    const userProperties = { [ORIGIN_PROPERTY]: this.origin.sign(recordId, brokerTopic) };
    this.inFlight++;
    try {
      await this.client.publishAsync(brokerTopic, payload, { qos: 1, properties: { userProperties } });
      this.messagesOut++;
    } finally {
      this.inFlight--;
    }
  }

  /** Waits a moment for what the broker has not acknowledged. */
  async close(): Promise<void> {
    if (this.isConnected) {
      const said = this.client!.endAsync().then(() => true);
      if (await Promise.race([said, delay(GOODBYE_MS, false, { ref: false })])) return;
    }
    this.client?.end(true);
    this.client?.stream?.destroy();
  }
}
