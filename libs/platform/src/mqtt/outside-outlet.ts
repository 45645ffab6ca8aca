import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { connect, type MqttClient } from 'mqtt';
import { unavailable } from '#kernel';
import { ORIGIN_PROPERTY, type OriginMark } from './origin-mark';
import type { MqttOutlet, MqttTopicMounts } from './ports';

/** Messages that the broker has not acknowledged yet; beyond them publishing is refused. */
const MAX_IN_FLIGHT = 2_000;

/** Publishes to a broker of the user's over a connection of its own, marked so that ingest skips it. */
export class OutsideOutlet implements MqttOutlet, OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(OutsideOutlet.name);
  private client: MqttClient | undefined;
  private inFlight = 0;
  private connectedAt = 0;
  messagesOut = 0;

  constructor(
    private readonly url: string,
    private readonly mounts: MqttTopicMounts,
    private readonly origin: OriginMark,
  ) {}

  onModuleInit(): void {
    this.client = connect(this.url, { protocolVersion: 5, clientId: `maestrohub-out-${randomUUID()}` });
    this.client.on('connect', () => (this.connectedAt = Date.now()));
    this.client.on('error', (error) => this.log.warn(`MQTT broker: ${error.message}`));
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

  async onApplicationShutdown(): Promise<void> {
    await this.client?.endAsync(!this.isConnected);
  }
}
