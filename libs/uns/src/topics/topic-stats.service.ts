import type { Member } from '#kernel';
import { Injectable } from '@nestjs/common';
import { LastRecords } from '../history/last-records';
import { toView } from '../history/record-view';
import { RecordStorage } from '../storage/record-storage';
import type { TopicStatsView } from './dto/topic-stats.dto';
import { numberFields } from './number-fields';
import { requireTopicRight } from './topic-rights';
import { TopicsRepository } from './topics.repository';

/** What comes to a topic, and how often. */
@Injectable()
export class TopicStats {
  constructor(
    private readonly topics: TopicsRepository,
    private readonly storage: RecordStorage,
    private readonly last: LastRecords,
  ) {}

  async of(member: Member, id: string): Promise<TopicStatsView> {
    const { organizationId } = member;
    const { path } = await this.topics.get(organizationId, id);
    requireTopicRight(member, 'uns:read', path);
    const now = new Date();
    const { first, ...counts } = await this.storage.current.counts(organizationId, id, now);
    const last = (await this.last.of(organizationId, [id], now)).get(id);
    return {
      last: last ? toView(path, last) : null,
      lastSeen: last?.timestamp ?? null,
      firstSeen: first,
      counts,
      ratePerSecond: counts.minute / 60,
      fields: last ? numberFields(last.value) : [],
    };
  }
}
