import { Injectable } from '@nestjs/common';
import { DomainError, idTime, type JsonValue } from '#kernel';
import { Database } from '#platform/database';
import { CODE_MS, EXPRESSION_MS, FairSandbox } from '#platform/sandbox';
import { NodeError, PipelineDefinitions, type Evaluator, type NodeResult } from '#pipelines';
import type { FinalStatus, RunError } from '../execution';
import { ExecutionIntake } from '../intake/execution-intake';
import { startKey } from '../intake/execution-start';
import { SealedJson } from '../sealed-json';
import type { ClaimedRun, KeptResult, Pending } from './claimed-run';
import { RETRY_WINDOW_DAYS } from './retry-window';
import type { WebhookResponse } from './run-ends';
import type { CalledRun, RunEvaluators, RunServices } from './run-services';
import { signal, Signals } from '#platform/signals';
import { RunStore } from './run-store';

/** Pipelines that call each other: deeper ones end, also those that call themselves. */
export const DEEPEST_CALL = 10;

/** Gives each run of this worker what it needs. */
@Injectable()
export class WorkerServices {
  constructor(
    readonly store: RunStore,
    readonly database: Database,
    readonly sealed: SealedJson,
    readonly signals: Signals,
    readonly intake: ExecutionIntake,
    readonly definitions: PipelineDefinitions,
    readonly sandbox: FairSandbox,
  ) {}

  for(run: ClaimedRun): RunServices {
    return new ServicesOfRun(run, this);
  }
}

class ServicesOfRun implements RunServices {
  constructor(
    private readonly run: ClaimedRun,
    private readonly all: WorkerServices,
  ) {}

  evaluators(signal: AbortSignal): RunEvaluators {
    const { sandbox } = this.all;
    const within = (timeMs: number): Evaluator => ({
      evaluateAll: (scripts, values, moment) =>
        sandbox.evaluateAll(this.run.organizationId, scripts, values, moment, { timeMs, signal }),
    });
    return { expressions: within(EXPRESSION_MS), scripts: within(CODE_MS) };
  }

  keepResult(nodeId: string, iteration: string, result: KeptResult): Promise<number> {
    return this.all.store.keepResult(this.run, nodeId, iteration, result);
  }

  async keepPending(nodeId: string, iteration: string, pending: Pending): Promise<void> {
    await this.all.store.keepPending(this.run, nodeId, iteration, pending);
  }

  withState(
    nodeId: string,
    iteration: string,
    work: (state: JsonValue) => { state: JsonValue; result: NodeResult },
    keep: (result: NodeResult) => KeptResult,
  ): Promise<{ result: NodeResult; at: number }> {
    const { organizationId, pipelineId } = this.run;
    const { database, sealed, store } = this.all;
    return database.inOrganization(organizationId, async (manager) => {
      const [row] = await manager.query<{ content: Buffer }[]>(LOCK_STATE, [
        organizationId,
        pipelineId,
        nodeId,
        sealed.seal(null),
      ]);
      const kept = await store.resultIn(manager, this.run, nodeId, iteration);
      if (kept) return { result: { kind: 'emit', emissions: kept.result.emissions }, at: kept.at };
      const { state, result } = work(sealed.open(row!.content));
      await manager.query(WRITE_STATE, [pipelineId, nodeId, sealed.seal(state)]);
      return { result, at: await store.keepResultIn(manager, this.run, nodeId, iteration, keep(result)) };
    });
  }

  async callPipeline(pipelineId: string, payload: JsonValue, key: string, wait: boolean): Promise<string> {
    const { id: parentId, organizationId, chainDepth } = this.run;
    if (chainDepth >= DEEPEST_CALL) {
      throw new NodeError(`Pipelines call each other more than ${DEEPEST_CALL} deep`, undefined, false);
    }
    const { version, enabled, definition } = await this.all.definitions
      .current(organizationId, pipelineId)
      .catch(toNodeError);
    if (!enabled) throw new NodeError(`Pipeline ${definition.name} is disabled`);
    const started = await this.all.intake.start({
      organizationId,
      pipeline: { id: pipelineId, version, ...definition },
      trigger: 'pipeline',
      triggerNodeId: null,
      input: { payload },
      key: { text: startKey('call', key), hours: RETRY_WINDOW_DAYS * 24 },
      chainDepth: chainDepth + 1,
      ...(wait && { parentId, awaited: true }),
    });
    if (started.kind === 'started' || started.kind === 'known') return started.executionId;
    throw new NodeError(`Pipeline ${definition.name} runs already`);
  }

  async calledRun(executionId: string): Promise<CalledRun | undefined> {
    const { organizationId } = this.run;
    const [row] = await this.all.database.inOrganization(organizationId, (manager) =>
      manager.query<{ status: FinalStatus | 'queued'; error: RunError | null; output: Buffer | null }[]>(
        `SELECT status, error, output FROM executions WHERE organization_id = $1 AND id = $2 AND created_at = $3`,
        [organizationId, executionId, idTime(executionId)],
      ),
    );
    if (!row) throw new NodeError('The called run is not there any more', { executionId }, false);
    if (row.status === 'queued') return undefined;
    const output = row.output ? this.all.sealed.open(row.output) : null;
    return { status: row.status, message: row.error?.message, output };
  }

  ended(executionId: string): { ended: Promise<void>; forget: () => void } {
    const { seen, forget } = this.all.signals.once('execution.ended', executionId);
    return { ended: seen, forget };
  }

  async respond(response: WebhookResponse): Promise<void> {
    const { id, organizationId } = this.run;
    const { status, headers, body } = response;
    await this.all.database.inOrganization(organizationId, async (manager) => {
      await manager.query(
        `UPDATE executions SET response = $3 WHERE id = $1 AND created_at = $2 AND response IS NULL`,
        [id, idTime(id), JSON.stringify({ status, headers, body })],
      );
      await signal(manager, 'execution.respond', [id]);
    });
  }
}

function toNodeError(error: unknown): never {
  if (error instanceof DomainError && error.kind === 'not_found') throw new NodeError(error.message, undefined, false);
  throw error;
}

// The update does nothing but lock the row that is there.
const LOCK_STATE = `
  INSERT INTO node_states (organization_id, pipeline_id, node_id, content, updated_at) VALUES ($1, $2, $3, $4, now())
  ON CONFLICT (pipeline_id, node_id) DO UPDATE SET updated_at = now() RETURNING content`;

const WRITE_STATE = `UPDATE node_states SET content = $3, updated_at = now() WHERE pipeline_id = $1 AND node_id = $2`;
