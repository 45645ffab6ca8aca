import { Injectable } from '@nestjs/common';
import { idTime } from '#kernel';
import { Database } from '#platform/database';
import { RETRY_WINDOW_DAYS } from '../runs/retry-window';

/** Rows of one transaction. */
const BATCH = 500;

/** Whoever has asked in time still gets it. */
const GRACE_HOURS = 1;
const WINDOW = `interval '${RETRY_WINDOW_DAYS} days ${GRACE_HOURS} hours'`;

/** Removes what is kept for a retry, and for keys of requests, once its time is over. */
@Injectable()
export class RetryLeftovers {
  constructor(private readonly database: Database) {}

  async run(): Promise<void> {
    await this.removeResults();
    await this.untilFewer(NULL_INPUTS);
    await this.untilFewer(EXPIRED_KEYS);
  }

  /** From the oldest run to the newest that could have ended before the window. */
  private async removeResults(): Promise<void> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const last = await this.database.asSystem(async (manager) => {
        const rows = await manager.query<{ id: string }[]>(WITH_RESULTS, [after, BATCH]);
        const ids = rows.map(({ id }) => id);
        await manager.query(REMOVE_RESULTS, [ids, ids.map(idTime)]);
        return rows.length < BATCH ? undefined : ids.at(-1);
      });
      if (last === undefined) return;
      after = last;
    }
  }

  private async untilFewer(statement: string): Promise<void> {
    const change = async () =>
      this.database.asSystem(async (manager) => (await manager.query<[unknown, number]>(statement, [BATCH]))[1]);
    while ((await change()) === BATCH);
  }
}

// Index walk from run to run, however many results each has; ids are as old as what they name.
const WITH_RESULTS = `
  WITH RECURSIVE runs AS (
    (SELECT execution_id AS id FROM execution_checkpoints WHERE execution_id > $1 ORDER BY execution_id LIMIT 1)
    UNION ALL
    SELECT (SELECT execution_id FROM execution_checkpoints c WHERE c.execution_id > r.id ORDER BY execution_id LIMIT 1)
    FROM runs r WHERE r.id IS NOT NULL AND uuid_extract_timestamp(r.id) < now() - ${WINDOW}
  )
  SELECT id FROM runs WHERE id IS NOT NULL AND uuid_extract_timestamp(id) < now() - ${WINDOW} LIMIT $2`;

/** Also those of runs that history does not know any more. */
const REMOVE_RESULTS = `
  DELETE FROM execution_checkpoints c USING unnest($1::uuid[], $2::timestamptz[]) AS t (id, created_at)
  WHERE c.execution_id = t.id
    AND NOT EXISTS (SELECT FROM open_executions o WHERE o.id = t.id)
    AND NOT EXISTS (SELECT FROM executions e
                    WHERE e.id = t.id AND e.created_at = t.created_at AND e.finished_at > now() - ${WINDOW})`;

const NULL_INPUTS = `
  UPDATE executions e SET input = NULL FROM (
    SELECT id, created_at FROM executions
    WHERE status IN ('failed', 'completed_with_errors') AND octet_length(input) > 65536
      AND created_at < now() - ${WINDOW} AND finished_at < now() - ${WINDOW}
    ORDER BY created_at LIMIT $1
  ) large WHERE e.id = large.id AND e.created_at = large.created_at`;

const EXPIRED_KEYS = `
  DELETE FROM execution_keys WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM execution_keys WHERE expires_at < now() ORDER BY expires_at LIMIT $1)) AND expires_at < now()`;
