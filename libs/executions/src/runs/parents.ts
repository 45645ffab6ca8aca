import type { EntityManager } from 'typeorm';

/*
 * Runs that called others and wait for them.
 */

/** In one order; a parent that is on its way to bed sees that its run has ended, or is seen asleep. */
export async function lockParents(manager: EntityManager, runs: readonly { parentId: string | null }[]): Promise<void> {
  const parents = runs.flatMap(({ parentId }) => parentId ?? []);
  if (parents.length === 0) return;
  await manager.query('SELECT 1 FROM open_executions WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE', [parents]);
}

/** Back among those that are queued, ahead of what has not begun. */
export const WAKE_PARENTS = `
  UPDATE open_executions SET state = 'queued', priority = 0
  WHERE id = ANY ($1::uuid[]) AND state = 'parked'`;
