import type { EntityManager } from 'typeorm';
import type { RecordColumns } from './postgres-record-store';

export interface LastRow extends RecordColumns {
  topic_id: string;
}

/** How far back is looked at a time, in days: most topics have a value of today, and each day is a partition to search. */
const STEPS = [1, 7, 31, 366];
const DAY_MS = 86_400_000;

/** The last record of each topic, at or before the time where one is given. */
export async function lastRecords(
  manager: EntityManager,
  organizationId: string,
  topicIds: readonly string[],
  at: Date | null,
): Promise<LastRow[]> {
  const now = (at ?? new Date()).getTime();
  const begins = STEPS.map((days) => new Date(now - days * DAY_MS));
  // Exclusive; times are whole milliseconds.
  let end = at ? new Date(now + 1) : null;
  const found: LastRow[] = [];
  let missing = [...topicIds];
  for (const begin of [...begins, null]) {
    const rows = await manager.query<LastRow[]>(LAST, [missing, organizationId, begin, end]);
    found.push(...rows);
    const seen = new Set(rows.map(({ topic_id: id }) => id));
    missing = missing.filter((id) => !seen.has(id));
    if (missing.length === 0) break;
    end = begin;
  }
  return found;
}

const LAST = `
  SELECT t.id AS topic_id, r.* FROM unnest($1::uuid[]) AS t (id)
  CROSS JOIN LATERAL (
    SELECT id, "timestamp", received_at, quality, source, number, value, reason FROM uns_records
    WHERE topic_id = t.id AND organization_id = $2
      AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')
    ORDER BY "timestamp" DESC, id DESC LIMIT 1
  ) r`;
