import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KnownTopic } from '../topics/topic-registry';
import type { Row } from './row';

const DAY_MS = 86_400_000;
/** Of one topic; more of them at once is somebody who fills history in. */
const MOST_REMEMBERED = 100;

export const dayOf = (timestamp: number): number => Math.floor(timestamp / DAY_MS);

/**
 * Notes on which days (UTC) a topic has records, once for each day. Whoever looks for the last record before some moment
 * finds its day here, instead of looking for it in every day there is.
 */
@Injectable()
export class TopicDays {
  /** In the transaction that stores the rows. Answers what to call after its commit. */
  async note(manager: EntityManager, rows: readonly Row[]): Promise<() => void> {
    const fresh = new Map<string, { row: Row; day: number }>();
    for (const row of rows) {
      const day = dayOf(row.timestamp);
      if (row.known.days.has(day)) continue;
      fresh.set(`${row.topicId} ${day}`, { row, day });
    }
    if (fresh.size === 0) return () => undefined;
    const entries = [...fresh.values()];
    await manager.query(INSERT, [
      entries.map(({ row }) => row.organizationId),
      entries.map(({ row }) => row.topicId),
      entries.map(({ day }) => day),
    ]);
    return () => {
      for (const { row, day } of entries) remember(row.known, day);
    };
  }
}

function remember({ days }: KnownTopic, day: number): void {
  if (days.size >= MOST_REMEMBERED) days.clear();
  days.add(day);
}

/** In one order: nobody locks up with anybody. */
const INSERT = `
  INSERT INTO uns_topic_days (organization_id, topic_id, day)
  SELECT organization_id, topic_id, date '1970-01-01' + day
  FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS t (organization_id, topic_id, day) ORDER BY topic_id, day
  ON CONFLICT DO NOTHING`;
