import { Injectable } from '@nestjs/common';
import { idTime, type JsonValue } from '#kernel';
import { Batcher } from '#platform/batching';
import { bytesArray, Database, prepared } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import type { EntityManager } from 'typeorm';
import { Dispatcher } from '../dispatch/dispatcher';
import type { FinalStatus, RunError } from '../execution';
import { insertNodeRows } from '../history/node-rows';
import type { StoredNodeRow } from '../history/run-history';
import { ExecutionStore } from '../intake/execution-store';
import { RunEndWatchers } from '../run-end-watchers';
import { SealedJson } from '../sealed-json';
import { lockParents, WAKE_PARENTS } from './parents';
import { signal } from '#platform/signals';
import { RETRY_WINDOW_KEEPS } from './retry-window';

/** A run that has ended, with everything that is written of it. */
export interface FinishedRun {
  id: string;
  organizationId: string;
  fence: number;
  pipelineId: string;
  parentId: string | null;
  awaited: boolean;
  chainDepth: number;
  startedAt: Date;
  momentAt: Date;
  status: FinalStatus;
  error: RunError | undefined;
  /** Whole, for whoever called it or waits for it. */
  output: JsonValue | undefined;
  notes: Record<string, JsonValue> | null;
  rows: readonly StoredNodeRow[];
  /** Results of it may have been kept. */
  hasCheckpoints: boolean;
}

/**
 * Ends runs: status, history, the results that were kept and what waits for them, all in one transaction for as many
 * runs as end together. A run that was taken over meanwhile is not ended by whoever had it before.
 */
@Injectable()
export class RunFinisher {
  private readonly ends = new Batcher<FinishedRun, boolean>({
    most: 200,
    writers: 2,
    work: (runs) => this.finishAll(runs),
  });

  constructor(
    private readonly database: Database,
    private readonly sealed: SealedJson,
    private readonly dispatcher: Dispatcher,
    private readonly starts: ExecutionStore,
    private readonly watchers: RunEndWatchers,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'run finisher', () => this.ends.settled());
  }

  /** Whether it was ended here. */
  finish(run: FinishedRun): Promise<boolean> {
    return this.ends.add(run);
  }

  private async finishAll(runs: readonly FinishedRun[]): Promise<boolean[]> {
    const watched = await this.watchers.startsAfter(runs);
    const organizations = [...new Set(runs.map(({ organizationId }) => organizationId))];
    const tellings: (() => void)[] = [];
    const ended = await this.database.inOrganizations(organizations, async (manager) => {
      await lockParents(manager, runs);
      const gone = await prepared<{ id: string }>(manager, REMOVE_OPEN, [
        runs.map(({ id }) => id),
        runs.map(({ fence }) => fence),
      ]);
      const ids = new Set(gone.map(({ id }) => id));
      const ending = runs.filter(({ id }) => ids.has(id));
      if (ending.length > 0) await this.write(manager, ending);
      const followers = watched.filter(({ after }) => ids.has(after));
      if (followers.length === 0) return ids;
      const outcomes = await this.starts.insert(followers.map(({ start }) => start));
      tellings.push(
        ...followers.map(
          ({ started }, index) =>
            () =>
              started(outcomes[index]!.kind === 'started'),
        ),
      );
      return ids;
    });
    for (const tell of tellings) tell();
    this.dispatcher.soon(organizations);
    return runs.map(({ id }) => ended.has(id));
  }

  private async write(manager: EntityManager, runs: readonly FinishedRun[]): Promise<void> {
    await prepared(manager, WRITE_ENDS, [
      runs.map(({ id }) => id),
      runs.map(({ id }) => idTime(id)),
      runs.map(({ status }) => status),
      runs.map(({ startedAt }) => startedAt),
      runs.map(({ error }) => (error ? JSON.stringify(error) : null)),
      bytesArray(runs.map(({ output }) => (output === undefined ? null : this.sealed.seal(output)))),
      runs.map(({ notes }) => (notes ? JSON.stringify(notes) : null)),
      runs.map(({ momentAt }) => momentAt),
      runs.map(({ status }) => RETRY_WINDOW_KEEPS.has(status)),
      runs.map(({ notes }) => (notes?.['overBudget'] ? 0 : LARGE_INPUT)),
    ]);
    await insertNodeRows(
      manager,
      runs.map(({ id, organizationId, rows }) => ({
        organizationId,
        executionId: id,
        createdAt: idTime(id),
        rows,
      })),
    );
    const done = runs.filter((run) => run.hasCheckpoints && !RETRY_WINDOW_KEEPS.has(run.status)).map(({ id }) => id);
    if (done.length > 0) {
      await manager.query('DELETE FROM execution_checkpoints WHERE execution_id = ANY ($1::uuid[])', [done]);
    }
    const parents = runs.flatMap(({ parentId }) => parentId ?? []);
    if (parents.length > 0) await manager.query(WAKE_PARENTS, [parents]);
    const awaited = runs.filter((run) => run.awaited || run.parentId !== null).map(({ id }) => id);
    if (awaited.length > 0) await signal(manager, 'execution.ended', awaited);
  }
}

const REMOVE_OPEN = {
  name: 'open_executions.remove',
  text: `
  DELETE FROM open_executions o USING unnest($1::uuid[], $2::int[]) AS t (id, fence)
  WHERE o.id = t.id AND o.fence = t.fence AND o.state = 'running' RETURNING o.id`,
};

/** What may be retried is kept whole; of the others, what started them as far as history would keep it. */
const LARGE_INPUT = 64 * 1024;

const WRITE_ENDS = {
  name: 'executions.end',
  text: `
  UPDATE executions e SET status = t.status, started_at = t.started_at, finished_at = greatest(now(), t.started_at),
    error = t.error, output = t.output, notes = t.notes, moment_at = t.moment_at,
    input = CASE WHEN t.keep OR octet_length(e.input) <= t.most THEN e.input END
  FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::json[], $6::bytea[], $7::json[],
    $8::timestamptz[], $9::bool[], $10::int[])
    AS t (id, created_at, status, started_at, error, output, notes, moment_at, keep, most)
  WHERE e.id = t.id AND e.created_at = t.created_at AND e.status = 'queued'`,
};
