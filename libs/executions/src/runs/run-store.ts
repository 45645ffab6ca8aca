import { Injectable } from '@nestjs/common';
import { idTime } from '#kernel';
import { Batcher } from '#platform/batching';
import { bytesArray, Database, prepared } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import type { EntityManager } from 'typeorm';
import type { Ticket } from '../dispatch/execution-queue';
import type { TriggerKind } from '../execution';
import { SealedJson } from '../sealed-json';
import { placeOf, type Checkpoint, type ClaimedRun, type KeptResult, type Pending } from './claimed-run';

/** How long a worker has a run without saying that it still works on it. */
export const LEASE_SECONDS = 15;

type Held = Pick<ClaimedRun, 'id' | 'organizationId' | 'fence'>;

interface CheckpointWrite {
  run: Held;
  nodeId: string;
  iteration: string;
  kind: Checkpoint['kind'];
  content: Buffer;
}

/** The run is somebody else's by now, or has ended: nothing more of it is written here. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** What workers write of runs that are under way. Everything is gathered across runs and organizations. */
@Injectable()
export class RunStore {
  private readonly claims = new Batcher<Ticket & { worker: string }, ClaimedRun | undefined>({
    most: 200,
    writers: 2,
    work: (tickets) => this.claimAll(tickets),
  });
  private readonly checkpoints = new Batcher<CheckpointWrite, Date | undefined>({
    most: 500,
    writers: 2,
    work: (writes) => this.writeCheckpoints(writes),
  });

  constructor(
    private readonly database: Database,
    private readonly sealed: SealedJson,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'run store', () => this.checkpoints.settled());
  }

  /** Makes the run this worker's; nothing where another was first, or it is not to run now. */
  claim(ticket: Ticket, worker: string): Promise<ClaimedRun | undefined> {
    return this.claims.add({ ...ticket, worker });
  }

  /** Keeps what a node did, before its successors start. The time of the commit. @throws LeaseLost */
  async keepResult(run: Held, nodeId: string, iteration: string, result: KeptResult): Promise<number> {
    return this.keep(run, nodeId, iteration, 'result', this.sealed.seal(result as never));
  }

  /** Keeps that a node is to go on later. @throws LeaseLost */
  async keepPending(run: Held, nodeId: string, iteration: string, pending: Pending): Promise<number> {
    return this.keep(run, nodeId, iteration, 'pending', this.sealed.seal(pending as never));
  }

  /** The same inside a transaction that is open. @throws LeaseLost */
  async keepResultIn(manager: EntityManager, run: Held, nodeId: string, iteration: string, result: KeptResult) {
    const content = this.sealed.seal(result as never);
    const [at] = await this.insertCheckpoints(manager, [{ run, nodeId, iteration, kind: 'result', content }]);
    if (!at) throw new LeaseLost();
    return at.getTime();
  }

  /** What was kept meanwhile: by a transaction whose commit was not answered, or that outlived its try. */
  async resultIn(manager: EntityManager, { id }: Held, nodeId: string, iteration: string) {
    const [row] = await manager.query<Pick<CheckpointRow, 'content' | 'committed_at'>[]>(READ_RESULT, [
      id,
      nodeId,
      iteration,
    ]);
    return row && { result: this.sealed.open<never>(row.content) as KeptResult, at: row.committed_at.getTime() };
  }

  /** Says that this worker is at work on them. The ids of those that it still has, and whether they are to be cancelled. */
  async renew(runs: readonly Held[]): Promise<Map<string, { cancel: boolean }>> {
    const organizations = [...new Set(runs.map(({ organizationId }) => organizationId))];
    const [rows] = await this.database.inOrganizations(organizations, (manager) =>
      manager.query<[{ id: string; cancel: boolean }[], number]>(RENEW, [
        runs.map(({ id }) => id),
        runs.map(({ fence }) => fence),
      ]),
    );
    return new Map(rows.map(({ id, cancel }) => [id, { cancel }]));
  }

  /** Lays the run down until then, or until one of so many runs that it called has ended. Nobody holds it meanwhile. */
  async park({ id, organizationId, fence }: Held, due: Date, called: number): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.query(PARK, [id, fence, due]);
      if (called > 0) await manager.query(WAKE_IF_ONE_HAS_ENDED, [id, called]);
    });
  }

  /** Gives the run back as it is, to be taken up by whoever is next. */
  async release({ id, organizationId, fence }: Held): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) => manager.query(RELEASE, [id, fence]));
  }

  private async claimAll(tickets: readonly (Ticket & { worker: string })[]): Promise<(ClaimedRun | undefined)[]> {
    const organizations = [...new Set(tickets.map(({ organizationId }) => organizationId))];
    const rows = await this.database.inOrganizations(organizations, async (manager) => {
      const claimed = await prepared<ClaimedRow>(manager, CLAIM, [
        tickets.map(({ id }) => id),
        tickets.map(({ fence }) => fence),
        tickets.map(({ worker }) => worker),
        tickets.map(({ id }) => idTime(id)),
      ]);
      const kept = claimed.filter((row) => row.fence > 1 || row.retry_of !== null).map(({ id }) => id);
      return {
        claimed,
        checkpoints:
          kept.length > 0 ? await this.readCheckpoints(manager, kept) : new Map<string, Map<string, Checkpoint>>(),
      };
    });
    const byId = new Map(rows.claimed.map((row) => [row.id, row]));
    return tickets.map(({ id }) => {
      const row = byId.get(id);
      byId.delete(id);
      return row && this.toRun(row, rows.checkpoints.get(id) ?? new Map<string, Checkpoint>());
    });
  }

  private toRun(row: ClaimedRow, checkpoints: ReadonlyMap<string, Checkpoint>): ClaimedRun {
    return {
      id: row.id,
      organizationId: row.organization_id,
      fence: row.fence,
      pipelineId: row.pipeline_id,
      pipelineVersion: row.pipeline_version,
      trigger: row.trigger,
      triggerNodeId: row.trigger_node_id,
      chainDepth: row.chain_depth,
      historyDetail: row.history_detail,
      parentId: row.parent_id,
      awaited: row.awaited,
      cancel: row.cancel,
      startedAt: row.started_at,
      momentId: row.moment_id,
      momentAt: row.moment_at ?? row.started_at,
      input: this.sealed.open(row.input),
      checkpoints,
    };
  }

  private async readCheckpoints(manager: EntityManager, ids: readonly string[]) {
    const rows = await manager.query<CheckpointRow[]>(READ_CHECKPOINTS, [ids]);
    const byRun = new Map<string, Map<string, Checkpoint>>();
    for (const { execution_id: id, node_id: nodeId, iteration, kind, content, committed_at: committedAt } of rows) {
      const at = committedAt.getTime();
      const checkpoint: Checkpoint =
        kind === 'result'
          ? { kind, at, result: this.sealed.open<never>(content) }
          : { kind, at, pending: this.sealed.open<never>(content) };
      const places = byRun.get(id) ?? new Map<string, Checkpoint>();
      byRun.set(id, places.set(placeOf(nodeId, iteration), checkpoint));
    }
    return byRun;
  }

  private async keep(run: Held, nodeId: string, iteration: string, kind: Checkpoint['kind'], content: Buffer) {
    const at = await this.checkpoints.add({ run, nodeId, iteration, kind, content });
    if (!at) throw new LeaseLost();
    return at.getTime();
  }

  private writeCheckpoints(writes: readonly CheckpointWrite[]): Promise<(Date | undefined)[]> {
    const organizations = [...new Set(writes.map(({ run }) => run.organizationId))];
    return this.database.inOrganizations(organizations, (manager) => this.insertCheckpoints(manager, writes));
  }

  /** The times of their commits; nothing where the run is not this worker's any more. */
  private async insertCheckpoints(manager: EntityManager, writes: readonly CheckpointWrite[]) {
    const rows = await prepared<KeptRow>(manager, WRITE_CHECKPOINTS, [
      writes.map(({ run }) => run.organizationId),
      writes.map(({ run }) => run.id),
      writes.map(({ run }) => run.fence),
      writes.map(({ nodeId }) => nodeId),
      writes.map(({ iteration }) => iteration),
      writes.map(({ kind }) => kind),
      bytesArray(writes.map(({ content }) => content)),
    ]);
    const times = new Map(
      rows.map((row) => [`${row.execution_id} ${placeOf(row.node_id, row.iteration)}`, row.committed_at]),
    );
    return writes.map(({ run, nodeId, iteration }) => times.get(`${run.id} ${placeOf(nodeId, iteration)}`));
  }
}

interface ClaimedRow {
  id: string;
  organization_id: string;
  fence: number;
  pipeline_id: string;
  pipeline_version: number;
  trigger: TriggerKind;
  trigger_node_id: string | null;
  chain_depth: number;
  history_detail: ClaimedRun['historyDetail'];
  parent_id: string | null;
  retry_of: string | null;
  awaited: boolean;
  cancel: boolean;
  started_at: Date;
  moment_id: string;
  moment_at: Date | null;
  input: Buffer;
}

interface KeptRow {
  execution_id: string;
  node_id: string;
  iteration: string;
  committed_at: Date;
}

interface CheckpointRow {
  execution_id: string;
  node_id: string;
  iteration: string;
  kind: Checkpoint['kind'];
  content: Buffer;
  committed_at: Date;
}

const LEASE = `now() + interval '${LEASE_SECONDS} seconds'`;

const CLAIM = {
  name: 'open_executions.claim',
  text: `
  UPDATE open_executions o SET state = 'running', fence = o.fence + 1, worker = t.worker, lease_until = ${LEASE},
    started_at = coalesce(o.started_at, date_trunc('milliseconds', now()))
  FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[]) AS t (id, fence, worker, created_at)
  JOIN executions e ON e.id = t.id AND e.created_at = t.created_at
  WHERE o.id = t.id AND o.fence = t.fence AND o.state = 'dispatched'
  RETURNING o.id, o.organization_id, o.fence, o.pipeline_id, e.pipeline_version, e.trigger, e.trigger_node_id, e.chain_depth,
    e.history_detail, o.parent_id, e.retry_of, o.awaited, o.cancel, o.started_at, e.moment_id, e.moment_at, e.input`,
};

const RENEW = `
  UPDATE open_executions o SET lease_until = ${LEASE} FROM unnest($1::uuid[], $2::int[]) AS t (id, fence)
  WHERE o.id = t.id AND o.fence = t.fence AND o.state = 'running' RETURNING o.id, o.cancel`;

// Locked, so that a run that was taken over meanwhile is seen as such.
const WRITE_CHECKPOINTS = {
  name: 'execution_checkpoints.write',
  text: `
  WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bytea[])
      AS t (organization_id, execution_id, fence, node_id, iteration, kind, content)
  ), held AS (
    SELECT o.id, o.fence FROM open_executions o WHERE o.id IN (SELECT execution_id FROM given) AND o.state = 'running'
    ORDER BY o.id FOR NO KEY UPDATE
  )
  INSERT INTO execution_checkpoints (organization_id, execution_id, node_id, iteration, kind, content, committed_at)
  SELECT g.organization_id, g.execution_id, g.node_id, g.iteration, g.kind, g.content, clock_timestamp()
  FROM given g JOIN held h ON h.id = g.execution_id AND h.fence = g.fence
  ON CONFLICT (execution_id, node_id, iteration)
  DO UPDATE SET kind = excluded.kind, content = excluded.content, committed_at = excluded.committed_at
  RETURNING execution_id, node_id, iteration, committed_at`,
};

const READ_CHECKPOINTS = `
  SELECT execution_id, node_id, iteration, kind, content, committed_at FROM execution_checkpoints
  WHERE execution_id = ANY ($1::uuid[])`;

const READ_RESULT = `
  SELECT content, committed_at FROM execution_checkpoints
  WHERE execution_id = $1 AND node_id = $2 AND iteration = $3 AND kind = 'result'`;

// One that is to be cancelled does not rest: who takes it up next ends it.
const PARK = `
  UPDATE open_executions SET state = CASE WHEN cancel THEN 'queued' ELSE 'parked' END,
    priority = CASE WHEN cancel THEN 0 ELSE priority END, due = $3, worker = NULL, lease_until = NULL
  WHERE id = $1 AND fence = $2 AND state = 'running'`;

// A run that was called may have ended while this one was on its way to bed; its end locks our row first.
const WAKE_IF_ONE_HAS_ENDED = `
  UPDATE open_executions SET state = 'queued', priority = 0 WHERE id = $1 AND state = 'parked'
    AND (SELECT count(*) FROM open_executions c WHERE c.parent_id = $1) < $2`;

const RELEASE = `
  UPDATE open_executions SET state = 'queued', priority = 0, worker = NULL, lease_until = NULL
  WHERE id = $1 AND fence = $2 AND state = 'running'`;
