import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { RecordStorage } from '../storage/record-storage';
import type { TopicRecord } from '../storage/record-store';
import { LatestRecords } from './latest-records';

const DAY_MS = 86_400_000;
/** After the last day there is. */
const END_OF_TIME = '10000-01-01';

interface Search {
  ids: readonly string[];
  /** Days before this one are looked at, `YYYY-MM-DD`. */
  before: string;
}

/** The last value of topics: what was kept last, or came last where not every value is kept. */
@Injectable()
export class LastRecords {
  constructor(
    private readonly database: Database,
    private readonly storage: RecordStorage,
    private readonly latest: LatestRecords,
  ) {}

  /** By topic, at or before the time where one is given; topics without one are left out. */
  async of(organizationId: string, topicIds: readonly string[], at: Date | null): Promise<Map<string, TopicRecord>> {
    // One after the other: in a transaction of the caller's they have one connection.
    const kept = await this.kept(organizationId, topicIds, at);
    const others = await this.latest.lastOf(organizationId, topicIds, at);
    const last = new Map(kept.map((record) => [record.topicId, record]));
    for (const record of others) {
      const known = last.get(record.topicId);
      if (!known || record.timestamp > known.timestamp) last.set(record.topicId, record);
    }
    return last;
  }

  /** From their last day on backwards: of the day of the time itself, all may come after it. */
  private async kept(organizationId: string, topicIds: readonly string[], at: Date | null): Promise<TopicRecord[]> {
    const end = at ? new Date(at.getTime() + 1) : null;
    const first = end ? dayText(new Date(end.getTime() - 1 + DAY_MS)) : END_OF_TIME;
    const found: TopicRecord[] = [];
    const searches: Search[] = [{ ids: topicIds, before: first }];
    for (const search of searches) {
      const days = Map.groupBy(await this.lastDays(organizationId, search), ({ day }) => day);
      for (const [day, topics] of days) {
        const ids = topics.map(({ id }) => id);
        const records = await this.storage.current.lastIn(organizationId, ids, ...stretchOf(day, end));
        found.push(...records);
        const seen = new Set(records.map(({ topicId }) => topicId));
        const missing = ids.filter((id) => !seen.has(id));
        if (missing.length > 0) searches.push({ ids: missing, before: day });
      }
    }
    return found;
  }

  private lastDays(organizationId: string, { ids, before }: Search): Promise<{ id: string; day: string }[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ id: string; day: string }[]>(LAST_DAYS, [ids, before, organizationId]),
    );
  }
}

const dayText = (time: Date): string => time.toISOString().replace(/T.*/, '').replace(/^\+0/, '');

function stretchOf(day: string, end: Date | null): [from: Date, to: Date] {
  const from = new Date(`${day}T00:00:00Z`);
  const to = new Date(from.getTime() + DAY_MS);
  return [from, end && end < to ? end : to];
}

const LAST_DAYS = `
  SELECT t.id, d.day::text FROM unnest($1::uuid[]) AS t (id)
  CROSS JOIN LATERAL (
    SELECT day FROM uns_topic_days WHERE topic_id = t.id AND organization_id = $3 AND day < $2::date
    ORDER BY day DESC LIMIT 1
  ) d`;
