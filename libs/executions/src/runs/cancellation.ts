import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { lockParents, WAKE_PARENTS } from './parents';
import { signal } from './run-signals';

interface OpenRow {
  id: string;
  parent_id: string | null;
}

/** Ends executions on request: those that nobody works on at once, those under way through the worker that has them. */
@Injectable()
export class Cancellation {
  constructor(private readonly database: Database) {}

  /** With the runs that they called. Ids of those that were open. */
  cancel(organizationId: string, ids: readonly string[]): Promise<string[]> {
    return this.database.inOrganization(organizationId, (manager) => cancelRuns(manager, organizationId, ids));
  }
}

export async function cancelRuns(manager: EntityManager, organizationId: string, ids: readonly string[]) {
  const rows = await manager.query<OpenRow[]>(WITH_CALLED, [organizationId, ids]);
  if (rows.length === 0) return [];
  const open = rows.map(({ id }) => id);
  await lockParents(
    manager,
    rows.map(({ parent_id: parentId }) => ({ parentId })),
  );
  const [idle] = await manager.query<[OpenRow[], number]>(REMOVE_IDLE, [open]);
  if (idle.length > 0) {
    await manager.query(WRITE_CANCELLED, [idle.map(({ id }) => id)]);
    await manager.query('DELETE FROM execution_checkpoints WHERE execution_id = ANY ($1::uuid[])', [
      idle.map(({ id }) => id),
    ]);
    await manager.query(WAKE_PARENTS, [idle.flatMap(({ parent_id: parentId }) => parentId ?? [])]);
    await signal(
      manager,
      'ended',
      idle.map(({ id }) => id),
    );
  }
  const [working] = await manager.query<[OpenRow[], number]>(MARK, [open]);
  if (working.length > 0)
    await signal(
      manager,
      'cancel',
      working.map(({ id }) => id),
    );
  return open;
}

const WITH_CALLED = `
  WITH RECURSIVE chosen AS (
    SELECT id, parent_id FROM open_executions WHERE organization_id = $1 AND id = ANY ($2::uuid[])
    UNION
    SELECT o.id, o.parent_id FROM open_executions o JOIN chosen c ON o.parent_id = c.id WHERE o.organization_id = $1
  ) SELECT id, parent_id FROM chosen`;

const REMOVE_IDLE = `
  DELETE FROM open_executions WHERE id = ANY ($1::uuid[]) AND state <> 'running' RETURNING id, parent_id`;

const WRITE_CANCELLED = `
  UPDATE executions SET status = 'cancelled', finished_at = now() WHERE id = ANY ($1::uuid[]) AND status = 'queued'`;

const MARK = `
  UPDATE open_executions SET cancel = true WHERE id = ANY ($1::uuid[]) AND state = 'running' RETURNING id, parent_id`;
