import type { Config } from '#platform/config';
import { asOwner, type Database } from '#platform/database';
import { dropDays } from './drop-days';
import { countExecutions, removeExecutions, type Reached, type Removal } from './remove-executions';

export interface HistoryPurge {
  /** Executions that were started before go. */
  olderThan: Date;
  /** All organizations where none is named. */
  organizationId?: string | undefined;
  pipelineId?: string | undefined;
  /** Counts, and removes nothing. */
  dryRun: boolean;
}

/** Batches between two lines of progress. */
const BATCHES_A_LINE = 25;

/**
 * Removes history by the database alone, whatever else runs or does not. Where nothing narrows it, whole days are dropped
 * first, which frees the disk at once. Runs under way stay. Gives the number of executions that were removed one by one.
 */
export async function purgeHistory(
  config: Config,
  database: Database,
  purge: HistoryPurge,
  report: (line: string) => void,
): Promise<number> {
  const { olderThan, organizationId, pipelineId, dryRun } = purge;
  const organizations = await organizationsOf(database, organizationId);
  if (!dryRun && organizationId === undefined && pipelineId === undefined) {
    await dropWhatCan(config, database, olderThan, report);
  }
  let total = 0;
  for (const id of organizations) {
    const removal = { organizationId: id, pipelineId, before: olderThan };
    total += dryRun
      ? await database.asSystem((manager) => countExecutions(manager, removal))
      : await remove(database, removal, report);
  }
  return total;
}

/** @throws Error for one that there is not. */
async function organizationsOf(database: Database, organizationId: string | undefined): Promise<string[]> {
  const rows = await database.asSystem((manager) =>
    manager.query<{ id: string }[]>('SELECT id FROM organizations WHERE $1::uuid IS NULL OR id = $1 ORDER BY id', [
      organizationId ?? null,
    ]),
  );
  if (organizationId !== undefined && rows.length === 0) throw new Error(`no organization ${organizationId}`);
  return rows.map(({ id }) => id);
}

async function dropWhatCan(config: Config, database: Database, olderThan: Date, report: (line: string) => void) {
  try {
    const dropped = await asOwner(config, (owner) => dropDays(owner, database, olderThan));
    report(dropped.length > 0 ? `dropped ${dropped.join(', ')}` : 'no whole day to drop');
  } catch (error) {
    // Too busy: row by row it takes longer, and works.
    report(`days could not be dropped: ${(error as Error).message}`);
  }
}

async function remove(database: Database, removal: Removal, report: (line: string) => void): Promise<number> {
  let total = 0;
  let reached: Reached | undefined;
  for (let batch = 1; ; batch++) {
    const after = reached;
    const removed = await database.asSystem((manager) => removeExecutions(manager, removal, after));
    total += removed.count;
    reached = removed.reached;
    const line = `organization ${removal.organizationId}: ${total} executions removed`;
    if (!reached) {
      if (total > 0) report(line);
      return total;
    }
    if (batch % BATCHES_A_LINE === 0) report(`${line}, at ${reached.createdAt.toISOString()}`);
  }
}
