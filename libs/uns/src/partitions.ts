import type { Client } from 'pg';

/*
 * History lies in one partition a day (UTC). Days are made ahead of time; what is older or lies further in the future
 * goes to the default partition, so that no timestamp is ever refused for want of a partition.
 */

const DAY_MS = 86_400_000;
const DAYS = [-1, 0, 1, 2];
/** Both every worker and every start may come by at the same time. */
const PARTITION_LOCK = 7_243_002;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Makes the partitions around today; rows that wait in the default partition for a new one move there. */
export async function ensurePartitions(owner: Client): Promise<void> {
  const now = Date.now();
  for (const days of DAYS) await ensurePartition(owner, dayOf(now + days * DAY_MS));
}

async function ensurePartition(owner: Client, day: string): Promise<void> {
  const table = `uns_records_${day.replaceAll('-', '')}`;
  const next = dayOf(Date.parse(day) + DAY_MS);
  await owner.query('BEGIN');
  try {
    await owner.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    const { rows } = await owner.query<{ made: boolean }>('SELECT to_regclass($1) IS NOT NULL AS made', [table]);
    if (!rows[0]!.made) {
      await owner.query(`
        CREATE TABLE ${table} (LIKE uns_records INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES);
        LOCK TABLE uns_records_default IN ACCESS EXCLUSIVE MODE;
        WITH moved AS (
          DELETE FROM uns_records_default WHERE "timestamp" >= '${day}Z' AND "timestamp" < '${next}Z' RETURNING *
        ) INSERT INTO ${table} SELECT * FROM moved;
        ALTER TABLE uns_records ATTACH PARTITION ${table} FOR VALUES FROM ('${day}Z') TO ('${next}Z');
      `);
    }
    await owner.query('COMMIT');
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
}
