import type { Database } from '#platform/database';
import { removeOld } from './quarantine.repository';

const DAY_MS = 86_400_000;
/** Days where an organization has not said how long records are kept. */
const DEFAULT_DAYS = 365;
/** Values that one transaction removes; publishers whose values are refused wait for it. */
const BATCH = 5_000;
/** Of one organization in one run; what is left waits for the next. */
const MOST_BATCHES = 100;

/** Removes refused values that are older than the organization keeps records, and those of deleted topics. */
export async function removeOldQuarantine(database: Database, now = Date.now()): Promise<void> {
  const organizations = await database.asSystem((manager) =>
    manager.query<{ id: string; days: number }[]>(
      `SELECT o.id, coalesce((o.settings ->> 'retention.recordsDays')::int, $1) AS days
       FROM uns_quarantine_states s JOIN organizations o ON o.id = s.organization_id WHERE s.count > 0`,
      [DEFAULT_DAYS],
    ),
  );
  for (const { id, days } of organizations) {
    const olderThan = new Date(now - days * DAY_MS);
    for (let batch = 0, removed = BATCH; removed === BATCH && batch < MOST_BATCHES; batch++) {
      removed = await database.asSystem((manager) => removeOld(manager, id, olderThan, BATCH));
    }
  }
}
