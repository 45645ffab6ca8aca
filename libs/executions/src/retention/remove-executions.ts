import type { EntityManager } from 'typeorm';

/** Which executions are to go: all that is given has to hold. */
export interface Removal {
  organizationId: string;
  /** Started before; all where nothing is said. */
  before?: Date | undefined;
  pipelineId?: string | undefined;
  exceptPipelines?: readonly string[] | undefined;
  /** Also those that have not ended: of an organization that is gone. */
  open?: boolean;
}

/** How far a walk from the oldest to the newest has come. */
export interface Reached {
  id: string;
  createdAt: Date;
}

/** Executions of one transaction; each has some rows of nodes with it, at most some thousands. */
export const REMOVED_AT_ONCE = 200;

/**
 * Removes the next executions after those that were reached, with their nodes and what was kept for a retry. Never those
 * under way, nor those that one under way has called and may still read. Gives how many, and how far it has come.
 */
export async function removeExecutions(
  manager: EntityManager,
  removal: Removal,
  reached?: Reached,
  limit = REMOVED_AT_ONCE,
): Promise<{ count: number; reached: Reached | undefined }> {
  const { text, parameters } = selection(removal, reached, limit);
  const rows = await manager.query<Reached[]>(text, parameters);
  if (rows.length === 0) return { count: 0, reached: undefined };
  const ids = rows.map(({ id }) => id);
  const times = rows.map(({ createdAt }) => createdAt);
  for (const [table, column] of [
    ['execution_nodes', 'execution_id'],
    ['executions', 'id'],
  ]) {
    await manager.query(
      `DELETE FROM ${table} WHERE organization_id = $1 AND ${column} = ANY ($2::uuid[]) AND created_at = ANY ($3::timestamptz[])`,
      [removal.organizationId, ids, times],
    );
  }
  await manager.query(
    'DELETE FROM execution_checkpoints WHERE organization_id = $1 AND execution_id = ANY ($2::uuid[])',
    [removal.organizationId, ids],
  );
  return { count: rows.length, reached: rows.length < limit ? undefined : rows.at(-1) };
}

/** How many there are that would go. */
export async function countExecutions(manager: EntityManager, removal: Removal): Promise<number> {
  const { conditions, parameters } = conditionsOf(removal);
  // It may take its time: nobody waits for it but whoever asked.
  await manager.query('SET LOCAL statement_timeout = 0');
  const [row] = await manager.query<{ count: number }[]>(
    `SELECT count(*)::float8 AS count FROM executions e WHERE ${conditions.join(' AND ')}`,
    parameters,
  );
  return row!.count;
}

function selection(removal: Removal, reached: Reached | undefined, limit: number) {
  const { conditions, parameters } = conditionsOf(removal);
  const value = (given: unknown): string => `$${parameters.push(given)}`;
  if (reached) {
    conditions.push(`(e.created_at, e.id) > (${value(reached.createdAt)}::timestamptz, ${value(reached.id)}::uuid)`);
  }
  const text = `SELECT e.id, e.created_at AS "createdAt" FROM executions e WHERE ${conditions.join(' AND ')}
    ORDER BY e.created_at, e.id LIMIT ${value(limit)}`;
  return { text, parameters };
}

function conditionsOf({ organizationId, before, pipelineId, exceptPipelines = [], open = false }: Removal) {
  const parameters: unknown[] = [];
  const value = (given: unknown): string => `$${parameters.push(given)}`;
  const conditions = [`e.organization_id = ${value(organizationId)}`];
  if (before) conditions.push(`e.created_at < ${value(before)}`);
  if (pipelineId !== undefined) conditions.push(`e.pipeline_id = ${value(pipelineId)}`);
  if (exceptPipelines.length > 0) conditions.push(`e.pipeline_id <> ALL (${value(exceptPipelines)}::uuid[])`);
  if (!open) {
    conditions.push(
      `e.status <> 'queued'`,
      'NOT EXISTS (SELECT FROM open_executions parent WHERE parent.id = e.parent_id)',
    );
  }
  return { conditions, parameters };
}
