import type { EntityManager } from 'typeorm';
import type { EndedRun } from '../run-end-watchers';
import { lockParents, WAKE_PARENTS } from './parents';
import { signal } from '#platform/signals';

interface OpenRow {
  id: string;
  parent_id: string | null;
}

interface EndedRow {
  id: string;
  pipeline_id: string;
  chain_depth: number;
}

/** What a cancellation has done at once; runs that are under way end by their workers. */
export interface Cancelled {
  /** Ids of those that were open. */
  open: string[];
  ended: EndedRun[];
}

/** In the transaction that is open. */
export async function cancelRuns(
  manager: EntityManager,
  organizationId: string,
  ids: readonly string[],
): Promise<Cancelled> {
  const rows = await manager.query<OpenRow[]>(WITH_CALLED, [organizationId, ids]);
  if (rows.length === 0) return { open: [], ended: [] };
  const ended: EndedRun[] = [];
  const open = rows.map(({ id }) => id);
  await lockParents(
    manager,
    rows.map(({ parent_id: parentId }) => ({ parentId })),
  );
  // First, so that none of them changes its state meanwhile: one that is about to rest would be neither idle nor at work.
  await manager.query(MARK, [open]);
  const [idle] = await manager.query<[OpenRow[], number]>(REMOVE_IDLE, [open]);
  if (idle.length > 0) {
    const [written] = await manager.query<[EndedRow[], number]>(WRITE_CANCELLED, [idle.map(({ id }) => id)]);
    ended.push(...written.map((row) => toEnded(row, organizationId)));
    await manager.query('DELETE FROM execution_checkpoints WHERE execution_id = ANY ($1::uuid[])', [
      idle.map(({ id }) => id),
    ]);
    await manager.query(WAKE_PARENTS, [idle.flatMap(({ parent_id: parentId }) => parentId ?? [])]);
    await signal(
      manager,
      'execution.ended',
      idle.map(({ id }) => id),
    );
  }
  const gone = new Set(idle.map(({ id }) => id));
  const working = open.filter((id) => !gone.has(id));
  if (working.length > 0) await signal(manager, 'execution.cancel', working);
  return { open, ended };
}

const toEnded = (row: EndedRow, organizationId: string): EndedRun => ({
  id: row.id,
  organizationId,
  pipelineId: row.pipeline_id,
  status: 'cancelled',
  chainDepth: row.chain_depth,
});

const WITH_CALLED = `
  WITH RECURSIVE chosen AS (
    SELECT id, parent_id FROM open_executions WHERE organization_id = $1 AND id = ANY ($2::uuid[])
    UNION
    SELECT o.id, o.parent_id FROM open_executions o JOIN chosen c ON o.parent_id = c.id WHERE o.organization_id = $1
  ) SELECT id, parent_id FROM chosen`;

const REMOVE_IDLE = `
  DELETE FROM open_executions WHERE id = ANY ($1::uuid[]) AND state <> 'running' RETURNING id, parent_id`;

const WRITE_CANCELLED = `
  UPDATE executions SET status = 'cancelled', finished_at = now() WHERE id = ANY ($1::uuid[]) AND status = 'queued'
  RETURNING id, pipeline_id, chain_depth`;

const MARK = `UPDATE open_executions SET cancel = true WHERE id = ANY ($1::uuid[])`;
