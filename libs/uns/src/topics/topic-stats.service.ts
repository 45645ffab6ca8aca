import type { Member } from '#kernel';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import type { RecordView } from '../record';
import { toStored, type RecordColumns } from '../storage/postgres/postgres-record-store';
import { RecordStorage } from '../storage/record-storage';
import type { StoredRecord } from '../storage/record-store';
import type { TopicStatsView } from './dto/topic-stats.dto';
import { numberFields } from './number-fields';
import { requireTopicRight } from './topic-rights';
import { TopicsRepository } from './topics.repository';

/** What comes to a topic, and how often. */
@Injectable()
export class TopicStats {
  constructor(
    private readonly database: Database,
    private readonly topics: TopicsRepository,
    private readonly storage: RecordStorage,
  ) {}

  async of(member: Member, id: string): Promise<TopicStatsView> {
    const { organizationId } = member;
    const { path } = await this.topics.get(organizationId, id);
    requireTopicRight(member, 'uns:read', path);
    const now = new Date();
    const [kept] = await this.storage.current.lastOf(organizationId, [id], now);
    const { first, ...counts } = await this.storage.current.counts(organizationId, id, now);
    const last = later(kept, await this.latest(organizationId, id));
    return {
      last: last ? toView(path, last) : null,
      lastSeen: last?.timestamp ?? null,
      firstSeen: first,
      counts,
      ratePerSecond: counts.minute / 60,
      fields: last ? numberFields(last.value) : [],
    };
  }

  /** What came last to a topic of which not every value is kept. */
  private async latest(organizationId: string, id: string): Promise<StoredRecord | undefined> {
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<RecordColumns[]>(
        `SELECT id, "timestamp", received_at, quality, source, number, value, reason FROM uns_latest
         WHERE organization_id = $1 AND topic_id = $2`,
        [organizationId, id],
      ),
    );
    return row && toStored(row);
  }
}

const later = (a: StoredRecord | undefined, b: StoredRecord | undefined): StoredRecord | undefined =>
  a && b ? (a.timestamp > b.timestamp ? a : b) : (a ?? b);

function toView(topic: string, { value, source, timestamp, receivedAt, quality, reason }: StoredRecord): RecordView {
  const view = { topic, value, source, timestamp, receivedAt, quality };
  return reason === undefined ? view : { ...view, reason };
}
