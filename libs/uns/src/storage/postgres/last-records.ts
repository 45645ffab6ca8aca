import type { EntityManager } from 'typeorm';
import type { RecordColumns } from './postgres-record-store';

export interface LastRow extends RecordColumns {
  topic_id: string;
}

/** How far back is looked at a time, in days: most topics have a value of today, and each day is a partition to search. */
const STEPS = [1, 7, 31, 366, null];

/** The last record of each topic at or before the time. */
export async function lastRecords(
  manager: EntityManager,
  organizationId: string,
  topicIds: readonly string[],
  at: Date,
): Promise<LastRow[]> {
  const found: LastRow[] = [];
  let missing = [...topicIds];
  let to = at;
  let inclusive = true;
  for (const days of STEPS) {
    if (missing.length === 0) break;
    const from = days === null ? null : new Date(at.getTime() - days * 86_400_000);
    const rows = await manager.query<LastRow[]>(inclusive ? LAST : LAST_BEFORE, [missing, organizationId, from, to]);
    found.push(...rows);
    const seen = new Set(rows.map(({ topic_id: id }) => id));
    missing = missing.filter((id) => !seen.has(id));
    if (from) to = from;
    inclusive = false;
  }
  return found;
}

const last = (until: string): string => `
  SELECT t.id AS topic_id, r.* FROM unnest($1::uuid[]) AS t (id)
  CROSS JOIN LATERAL (
    SELECT id, "timestamp", received_at, quality, source, number, value, reason FROM uns_records
    WHERE topic_id = t.id AND organization_id = $2
      AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" ${until} $4::timestamptz
    ORDER BY "timestamp" DESC, id DESC LIMIT 1
  ) r`;

const LAST = last('<=');
const LAST_BEFORE = last('<');
