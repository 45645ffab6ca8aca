import { Injectable } from '@nestjs/common';
import { idTime, newId } from '#kernel';
import { bytesArray, Database, prepared } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { PRIORITY_RANK } from '../execution';
import { RunEndWatchers, type EndedRun } from '../run-end-watchers';
import { cancelRuns, type Cancelled } from '../runs/cancel-runs';
import { SealedJson } from '../sealed-json';
import type { ExecutionStart, Started } from './execution-start';
import { takeOverResults } from './kept-results';

interface Candidate {
  start: ExecutionStart;
  id: string;
  outcome: Started;
}

/** Writes new executions: the row of history, and that of what is under way, which is also the outbox of the queue. */
@Injectable()
export class ExecutionStore {
  constructor(
    private readonly database: Database,
    private readonly sealed: SealedJson,
    private readonly watchers: RunEndWatchers,
  ) {}

  /** In one transaction, or in the one that is open. What became of each, in the same order. */
  insert(starts: readonly ExecutionStart[]): Promise<Started[]> {
    const organizations = [...new Set(starts.map(({ organizationId }) => organizationId))];
    return this.database.inOrganizations(organizations, async (manager) => {
      const candidates = starts.map((start): Candidate => {
        const id = newId();
        return { start, id, outcome: { kind: 'started', executionId: id } };
      });
      await this.claimKeys(manager, candidates);
      await this.heedOverlap(manager, candidates);
      const fresh = candidates.filter(({ outcome }) => outcome.kind === 'started');
      if (fresh.length > 0) await this.write(manager, fresh);
      await this.takeOverResults(manager, fresh);
      return candidates.map(({ outcome }) => outcome);
    });
  }

  /** Starts what waits for these ends, in the transaction that is open. */
  async follow(ended: readonly EndedRun[]): Promise<void> {
    const followers = await this.watchers.startsAfter(ended);
    if (followers.length === 0) return;
    const outcomes = await this.insert(followers.map(({ start }) => start));
    followers.forEach(({ started }, index) => started(outcomes[index]!.kind === 'started'));
  }

  /** The first to store a key has the execution; whoever comes at the same time waits for its commit. */
  private async claimKeys(manager: EntityManager, candidates: readonly Candidate[]): Promise<void> {
    const keyed = candidates.filter(({ start }) => start.key).sort(byKey);
    if (keyed.length === 0) return;
    // Of the same key twice in one batch the first one counts, too.
    const rows = await manager.query<{ organization_id: string; key: string; execution_id: string; same: boolean }[]>(
      CLAIM_KEYS,
      [
        keyed.map(({ start }) => start.organizationId),
        keyed.map(({ start }) => start.key!.text),
        keyed.map(({ id }) => id),
        keyed.map(({ start }) => start.key!.fingerprint ?? null),
        keyed.map(({ start }) => start.key!.hours),
      ],
    );
    keyed.forEach((candidate, index) => {
      const { execution_id: executionId, same } = rows[index]!;
      if (executionId === candidate.id) return;
      candidate.outcome = same ? { kind: 'known', executionId } : { kind: 'mismatch' };
    });
  }

  private async heedOverlap(manager: EntityManager, candidates: readonly Candidate[]): Promise<void> {
    const ruled = candidates
      .filter(
        ({ start, outcome }) => outcome.kind === 'started' && ['skip', 'restart'].includes(start.pipeline.overlap),
      )
      .sort((a, b) => (a.start.pipeline.id < b.start.pipeline.id ? -1 : 1));
    for (const candidate of ruled) {
      const { organizationId, pipeline } = candidate.start;
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`overlap ${pipeline.id}`]);
      const sameBatch = ruled.some(
        (other) => other !== candidate && other.outcome.kind === 'started' && other.start.pipeline.id === pipeline.id,
      );
      const [row] = await manager.query<{ open: boolean }[]>(
        `SELECT EXISTS (SELECT FROM open_executions WHERE organization_id = $1 AND pipeline_id = $2) AS open`,
        [organizationId, pipeline.id],
      );
      if (pipeline.overlap === 'skip' && (row!.open || sameBatch)) {
        candidate.outcome = { kind: 'skipped' };
        await this.releaseKey(manager, candidate);
      }
      if (pipeline.overlap === 'restart' && row!.open) {
        const { ended } = await cancelPipeline(manager, organizationId, pipeline.id);
        await this.follow(ended);
      }
    }
  }

  /** Nothing was started: the key is free for the next try. */
  private async releaseKey(manager: EntityManager, { start, id }: Candidate): Promise<void> {
    if (!start.key) return;
    await manager.query('DELETE FROM execution_keys WHERE organization_id = $1 AND key = $2 AND execution_id = $3', [
      start.organizationId,
      start.key.text,
      id,
    ]);
  }

  private async write(manager: EntityManager, fresh: readonly Candidate[]): Promise<void> {
    const column = <T>(read: (candidate: Candidate) => T): T[] => fresh.map(read);
    const ids = column(({ id }) => id);
    const organizations = column(({ start }) => start.organizationId);
    const times = column(({ id }) => idTime(id));
    const pipelines = column(({ start }) => start.pipeline.id);
    const priorities = column(({ start }) => PRIORITY_RANK[start.pipeline.priority]);
    const parents = column(({ start }) => start.parentId ?? null);
    await prepared(manager, INSERT_HISTORY, [
      ids,
      organizations,
      times,
      pipelines,
      column(({ start }) => start.pipeline.name),
      column(({ start }) => start.pipeline.version),
      column(({ start }) => start.trigger),
      column(({ start }) => start.triggerNodeId),
      priorities,
      column(({ start }) => start.chainDepth ?? 0),
      column(({ start }) => start.pipeline.historyDetail),
      parents,
      column(({ start }) => start.retry?.executionId ?? null),
      column(({ start }) => start.startedBy ?? null),
      column(({ start, id }) => start.retry?.momentId ?? id),
      column(({ start }) => start.retry?.momentAt ?? null),
      bytesArray(column(({ start }) => this.sealed.seal(start.input))),
    ]);
    await prepared(manager, INSERT_OPEN, [
      ids,
      organizations,
      times,
      pipelines,
      priorities,
      column(({ start: { pipeline } }) => (pipeline.overlap === 'parallel' ? pipeline.maxConcurrent : 1)),
      column(({ start }) => start.awaited ?? false),
      parents,
    ]);
  }

  /** A retry from where it failed: what its nodes have done already is not done again. */
  private async takeOverResults(manager: EntityManager, fresh: readonly Candidate[]): Promise<void> {
    for (const { start, id } of fresh) {
      const { executionId, keepResultsOf = [] } = start.retry ?? {};
      if (executionId === undefined || keepResultsOf.length === 0) continue;
      await takeOverResults(manager, this.sealed, { ...start, from: executionId, to: id, nodeIds: keepResultsOf });
    }
  }
}

async function cancelPipeline(manager: EntityManager, organizationId: string, pipelineId: string): Promise<Cancelled> {
  const open = await manager.query<{ id: string }[]>(
    'SELECT id FROM open_executions WHERE organization_id = $1 AND pipeline_id = $2',
    [organizationId, pipelineId],
  );
  return cancelRuns(
    manager,
    organizationId,
    open.map(({ id }) => id),
  );
}

/** One order everywhere: two transactions that store the same keys wait for each other instead of locking up. */
const byKey = (a: Candidate, b: Candidate): number =>
  `${a.start.organizationId} ${a.start.key!.text}` < `${b.start.organizationId} ${b.start.key!.text}` ? -1 : 1;

// The update does nothing but give back the row that is there.
const CLAIM_KEYS = `
  WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::int[])
      WITH ORDINALITY AS t (organization_id, key, execution_id, fingerprint, hours, place)
  ), stored AS (
    INSERT INTO execution_keys (organization_id, key, execution_id, fingerprint, expires_at)
    SELECT DISTINCT ON (organization_id, key) organization_id, key, execution_id, fingerprint, now() + hours * interval '1 hour'
    FROM given ORDER BY organization_id, key, place
    ON CONFLICT (organization_id, key) DO UPDATE SET
      execution_id = CASE WHEN execution_keys.expires_at < now() THEN excluded.execution_id ELSE execution_keys.execution_id END,
      fingerprint = CASE WHEN execution_keys.expires_at < now() THEN excluded.fingerprint ELSE execution_keys.fingerprint END,
      expires_at = CASE WHEN execution_keys.expires_at < now() THEN excluded.expires_at ELSE execution_keys.expires_at END
    RETURNING organization_id, key, execution_id, fingerprint
  )
  SELECT g.organization_id, g.key, s.execution_id,
         s.fingerprint IS NOT DISTINCT FROM g.fingerprint AS same
  FROM given g JOIN stored s USING (organization_id, key) ORDER BY place`;

const INSERT_HISTORY = {
  name: 'executions.insert',
  text: `
  INSERT INTO executions (id, organization_id, created_at, pipeline_id, pipeline_name, pipeline_version, trigger,
    trigger_node_id, status, priority, chain_depth, history_detail, parent_id, retry_of, started_by, moment_id, moment_at, input)
  SELECT id, organization_id, created_at, pipeline_id, pipeline_name, pipeline_version, trigger,
    trigger_node_id, 'queued', priority, chain_depth, history_detail, parent_id, retry_of, started_by, moment_id, moment_at, input
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[],
    $9::int2[], $10::int2[], $11::text[], $12::uuid[], $13::uuid[], $14::uuid[], $15::uuid[], $16::timestamptz[], $17::bytea[])
  AS t (id, organization_id, created_at, pipeline_id, pipeline_name, pipeline_version, trigger, trigger_node_id,
    priority, chain_depth, history_detail, parent_id, retry_of, started_by, moment_id, moment_at, input)`,
};

const INSERT_OPEN = {
  name: 'open_executions.insert',
  text: `
  INSERT INTO open_executions (id, organization_id, created_at, pipeline_id, priority, pipeline_limit, awaited, parent_id, state)
  SELECT *, 'queued' FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::int2[], $6::int[], $7::bool[], $8::uuid[])`,
};
