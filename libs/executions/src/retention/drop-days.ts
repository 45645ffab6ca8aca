import { dropTimePartitions, type Database, type PartitionTime } from '#platform/database';
import type { Client } from 'pg';
import { EXECUTION_NODES, EXECUTIONS } from '../partitions';

/**
 * Drops the days of history that ended before the time: all but those in which a run was started that is still under way,
 * or one that such a run has called and may still read. Those go later. Gives the names of the dropped partitions.
 */
export async function dropDays(owner: Client, database: Database, olderThan: Date): Promise<string[]> {
  const called = await calledByOpen(database, olderThan);
  const keeps = async (time: PartitionTime): Promise<boolean> =>
    called.some((day) => day >= time.from && day < time.to) || (await hasOpen(database, time));
  const executions = await dropTimePartitions(owner, EXECUTIONS, olderThan, keeps);
  return [...executions, ...(await dropTimePartitions(owner, EXECUTION_NODES, olderThan, keeps))];
}

/** The owner of the tables does not see rows of organizations: it is asked as the system role. */
const hasOpen = (database: Database, { from, to }: PartitionTime): Promise<boolean> =>
  database.asSystem(async (manager) => {
    const [row] = await manager.query<{ open: boolean }[]>(
      'SELECT EXISTS (SELECT FROM open_executions WHERE created_at >= $1 AND created_at < $2) AS open',
      [from, to],
    );
    return row!.open;
  });

/** Times of old runs whose callers are under way; nearly always no run is so old. */
function calledByOpen(database: Database, olderThan: Date): Promise<Date[]> {
  return database.asSystem(async (manager) => {
    const callers = await manager.query<{ organization_id: string; since: Date }[]>(
      'SELECT organization_id, min(created_at) AS since FROM open_executions WHERE created_at < $1 GROUP BY 1',
      [olderThan],
    );
    const days: Date[] = [];
    for (const { organization_id: organizationId, since } of callers) {
      const rows = await manager.query<{ day: Date }[]>(CALLED, [organizationId, since, olderThan]);
      days.push(...rows.map(({ day }) => day));
    }
    return days;
  });
}

const CALLED = `
  SELECT DISTINCT date_trunc('day', e.created_at, 'UTC') AS day
  FROM executions e JOIN open_executions caller ON caller.id = e.parent_id
  WHERE e.organization_id = $1 AND e.created_at >= date_trunc('day', $2::timestamptz, 'UTC') AND e.created_at < $3`;
