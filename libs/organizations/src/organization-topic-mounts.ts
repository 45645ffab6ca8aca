import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database } from '#platform/database';
import { MqttTopicMounts } from '#platform/mqtt';
import { TopicMounts, type MountRow } from './topic-mounts';

const REFRESH_MS = 1_000;

/** The organizations' prefixes on an outside broker. Asked for each message, so it answers from memory. */
@Injectable()
export class OrganizationTopicMounts extends MqttTopicMounts implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(OrganizationTopicMounts.name);
  private mounts = new TopicMounts([]);
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly database: Database) {
    super();
  }

  async onModuleInit(): Promise<void> {
    await this.read();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  override resolve(brokerTopic: string): { organizationId: string; topic: string } | undefined {
    return this.current().resolve(brokerTopic);
  }

  override mount(organizationId: string, topic: string): string {
    return this.current().mount(organizationId, topic);
  }

  override subscriptions(): string[] {
    return this.current().subscriptions();
  }

  /** With the embedded broker nobody asks: reading starts over and over with the first who does. */
  private current(): TopicMounts {
    this.timer ??= this.later();
    return this.mounts;
  }

  private later(): NodeJS.Timeout {
    return setTimeout(() => void this.refresh(), REFRESH_MS).unref();
  }

  private async refresh(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      this.logger.warn(`organizations could not be read, going on with those known: ${String(error)}`);
    }
    if (!this.stopped) this.timer = this.later();
  }

  private async read(): Promise<void> {
    const rows = await this.database.asSystem((manager) =>
      manager.query<MountRow[]>('SELECT id, mqtt_prefix AS prefix FROM organizations WHERE deleted_at IS NULL'),
    );
    this.mounts = new TopicMounts(rows);
  }
}
