import { newId } from '#kernel';
import type { Database } from '#platform/database';

export interface HistoryRow {
  organizationId: string;
  pipelineId?: string;
  createdAt: Date;
  status?: string;
  parentId?: string;
  /** It is under way. */
  open?: boolean;
  /** Bytes of what started it. */
  input?: number;
  finishedAt?: Date;
}

/** An id as it would have been made then. */
export function idAt(time: Date): string {
  const digits = time.getTime().toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${newId().slice(13)}`;
}

/** Writes an execution of some time ago with one node and one result that was kept; gives its id. */
export async function writeHistory(database: Database, row: HistoryRow): Promise<string> {
  const id = idAt(row.createdAt);
  const { organizationId, pipelineId = newId(), createdAt, parentId = null, open = false } = row;
  const status = open ? 'queued' : (row.status ?? 'completed');
  await database.asSystem(async (manager) => {
    await manager.query(
      `INSERT INTO executions (id, organization_id, created_at, pipeline_id, pipeline_name, pipeline_version, trigger,
         status, priority, chain_depth, history_detail, moment_id, parent_id, input, finished_at)
       VALUES ($1, $2, $3, $4, 'Old', 1, 'manual', $5, 2, 0, 'full', $1, $6, $7, $8)`,
      [
        id,
        organizationId,
        createdAt,
        pipelineId,
        status,
        parentId,
        Buffer.alloc(row.input ?? 10, 'x'),
        open ? null : (row.finishedAt ?? createdAt),
      ],
    );
    await manager.query(
      `INSERT INTO execution_nodes (organization_id, execution_id, created_at, node_id, iteration, status, attempts, reused,
         started_at, duration_ms, ports)
       VALUES ($1, $2, $3, 'start', '', 'completed', 1, false, $3, 0, '{out}')`,
      [organizationId, id, createdAt],
    );
    await manager.query(
      `INSERT INTO execution_checkpoints (organization_id, execution_id, node_id, iteration, kind, content, committed_at)
       VALUES ($1, $2, 'start', '', 'result', 'x', $3)`,
      [organizationId, id, createdAt],
    );
    if (!open) return;
    await manager.query(
      `INSERT INTO open_executions (id, organization_id, created_at, pipeline_id, priority, state, due)
       VALUES ($1, $2, $3, $4, 2, 'parked', now() + interval '1 day')`,
      [id, organizationId, createdAt, pipelineId],
    );
  });
  return id;
}
