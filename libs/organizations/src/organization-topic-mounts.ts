import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';
import { MqttTopicMounts } from '#platform/mqtt';
import { organizationOfDefault, TopicMounts, type Mounted, type MountRow } from './topic-mounts';

/** A suspended organization is out within a second. */
const REFRESH_MS = 500;

const MOUNTED = `SELECT id, mqtt_prefix AS prefix FROM organizations WHERE deleted_at IS NULL AND status = 'active'`;
/** Topics of organizations that nobody knows cost the database no more than so many queries a second. */
const LOOKUPS_PER_SECOND = 50;
/** For so long an answer holds, that there is no such organization above all. */
const LOOKUP_MS = 200;
const REMEMBERED = 1_000;

/** The organizations' prefixes on an outside broker. Asked for each message, so it answers from memory. */
@Injectable()
export class OrganizationTopicMounts extends MqttTopicMounts implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(OrganizationTopicMounts.name);
  private readonly lookups = new BriefCache<boolean>(REMEMBERED, LOOKUP_MS);
  private second = { start: 0, lookups: 0 };
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

  override resolve(brokerTopic: string): Mounted | undefined {
    return this.current().resolve(brokerTopic);
  }

  /** Only the default prefix names its organization; others are subscribed to once they are known. */
  override async lookUp(brokerTopic: string): Promise<Mounted | undefined> {
    const mounted = organizationOfDefault(brokerTopic);
    if (!mounted) return undefined;
    const { organizationId } = mounted;
    const exists = await this.lookups.get(organizationId, () => this.isMountedByDefault(organizationId));
    return exists ? mounted : undefined;
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
    const rows = await this.database.asSystem((manager) => manager.query<MountRow[]>(MOUNTED));
    this.mounts = new TopicMounts(rows);
  }

  private async isMountedByDefault(organizationId: string): Promise<boolean> {
    if (!this.mayLookUp()) return false;
    const rows = await this.database.asSystem((manager) =>
      manager.query<unknown[]>(`${MOUNTED} AND id = $1 AND mqtt_prefix IS NULL`, [organizationId]),
    );
    return rows.length === 1;
  }

  private mayLookUp(): boolean {
    const now = performance.now();
    if (now - this.second.start >= 1_000) this.second = { start: now, lookups: 0 };
    return this.second.lookups++ < LOOKUPS_PER_SECOND;
  }
}
