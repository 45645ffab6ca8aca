import type { Database } from '#platform/database';

/**
 * Removes up to `limit` records of a deleted organization, topic by topic, since records are found by their topic; the
 * topic itself goes with its last record. Resolves with the number of rows, 0 when nothing is left.
 */
export function removeNamespace(database: Database, organizationId: string, limit: number): Promise<number> {
  return database.asSystem(async (manager) => {
    const topics: { id: string }[] = await manager.query(
      'SELECT id FROM uns_topics WHERE organization_id = $1 ORDER BY path LIMIT 100',
      [organizationId],
    );
    let removed = 0;
    for (const { id } of topics) {
      if (removed >= limit) break;
      const [, records] = await manager.query<[unknown, number]>(REMOVE_RECORDS, [id, limit - removed]);
      removed += records;
      if (removed >= limit) break;
      await manager.query('DELETE FROM uns_topics WHERE id = $1', [id]);
      removed++;
    }
    return removed;
  });
}

/** Row by row by the primary key: places in a table name rows of one partition alone. */
const REMOVE_RECORDS = `
  DELETE FROM uns_records r USING (
    SELECT topic_id, "timestamp", id FROM uns_records WHERE topic_id = $1 LIMIT $2
  ) gone
  WHERE r.topic_id = gone.topic_id AND r."timestamp" = gone."timestamp" AND r.id = gone.id`;
