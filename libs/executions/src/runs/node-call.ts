import { createHash } from 'node:crypto';
import { DomainError, type JsonValue } from '#kernel';
import { emit, NodeError, type JsonObject, type NodeCall, type NodeResult } from '#pipelines';
import type { RunError } from '../execution';
import { placeOf, type Checkpoint, type ClaimedRun, type KeptResult } from './claimed-run';
import type { Frame } from './frame';
import { failureOf, type Failure } from './node-failure';
import { scopeOf } from './node-scope';
import { PATIENCE_MS, type RunClock } from './run-clock';
import { Halted, NodeFailed } from './run-ends';
import type { PlannedNode, RunPlan } from './run-plan';
import type { RunEvaluators, RunServices } from './run-services';
import type { Arrived } from './scope-run';
import { LeaseLost } from './run-store';
import { limitOf, withoutLimit } from './try-limit';

/** What one node did: what is kept of it, and what it was given. */
export interface Called {
  result: KeptResult;
  /** When it was kept, or when what led to it was. */
  at: number;
  /** Its parameters; nothing where it did not get so far. */
  input: JsonValue | undefined;
  /** It was kept before, and not done now. */
  reused: boolean;
}

/** The tries of one node in one iteration, from its parameters to what is kept of it. */
export class NodeTries {
  private readonly place: string;
  private input: JsonValue | undefined;
  private attempts = 0;
  private troubles = 0;

  constructor(
    private readonly run: ClaimedRun,
    private readonly plan: RunPlan,
    private readonly planned: PlannedNode,
    private readonly frame: Frame,
    private readonly inputs: readonly Arrived[],
    private readonly clock: RunClock,
    private readonly services: RunServices,
    private readonly evaluators: RunEvaluators,
    private readonly broken: Promise<void>,
  ) {
    this.place = placeOf(planned.node.id, frame.iteration);
  }

  /** @throws Halted; LeaseLost; what the database throws when it does not answer. */
  async make(kept: Checkpoint | undefined): Promise<Called> {
    const began = this.inputs.reduce((latest, { clock }) => Math.max(latest, clock), this.frame.clock);
    if (kept?.kind === 'result') return { result: kept.result, at: kept.at, input: undefined, reused: true };
    if (this.planned.node.disabled) return { result: this.passOn(), at: began, input: undefined, reused: false };
    const pending = kept?.pending;
    this.attempts = pending?.attempts ?? 0;
    if (pending?.until !== undefined) await this.clock.sleep(pending.until, undefined, this.broken);
    if (pending?.value !== undefined) return this.keep(emit(pending.value), began);
    if (pending?.executionId !== undefined) return this.follow(began, () => this.awaitCalled(pending.executionId!));
    return this.follow(began, () => this.tryOnce(began));
  }

  /** Tries until it is done or no try is left. */
  private async follow(began: number, first: () => Promise<Called>): Promise<Called> {
    for (let attempt = first; ; attempt = () => this.tryOnce(began)) {
      const called = await attempt().catch((error: unknown) => this.failed(error));
      if (called === 'unavailable') {
        await this.clock.sleep(Date.now() + OVERLOAD_PAUSE_MS, undefined, this.broken);
        continue;
      }
      if ('result' in called) return called;
      const { retry } = this.planned;
      if (!called.retryable || this.attempts >= retry.attempts) return this.giveUp(called, began);
      const wait = retry.delayMs * (retry.backoff === 'exponential' ? 2 ** (this.attempts - 1) : 1);
      const until = Date.now() + Math.min(wait, LONGEST_RETRY_MS);
      if (wait > PATIENCE_MS) await this.keepPending({ until });
      await this.clock.sleep(until, undefined, this.broken);
    }
  }

  private async tryOnce(began: number): Promise<Called> {
    const { type, node, parameters } = this.planned;
    this.attempts++;
    const moment = { now: began, seed: seedOf(this.run.momentId, this.place) };
    const scope = scopeOf(this.run, this.plan, this.planned, this.frame, this.inputs);
    const computed = await parameters.compute(scope, this.evaluators.expressions, moment);
    this.input = computed;
    const { signal } = this.clock;
    const limit = type.definition.pure ? withoutLimit(signal) : limitOf(this.planned.timeoutMs, signal);
    let stated: Called | undefined;
    const call: NodeCall = {
      organizationId: this.run.organizationId,
      pipelineId: this.run.pipelineId,
      executionId: this.run.id,
      chainDepth: this.run.chainDepth,
      node: { id: node.id, name: node.name },
      parameters: computed,
      inputs: this.inputs,
      scope,
      effectKey: this.effectKey,
      attempt: this.attempts,
      moment,
      signal: limit.signal,
      scripts: this.evaluators.scripts,
      withState: async (work) => {
        const { result, at } = await this.services.withState(node.id, this.frame.iteration, work, (given) =>
          this.keptOf(given),
        );
        stated = { result: this.keptOf(result), at, input: this.input, reused: false };
        return result;
      },
    };
    try {
      const result = await limit.race(type.run ? type.run(call) : emit(null));
      return stated ?? (await this.go(result, began));
    } finally {
      limit.end();
    }
  }

  /** Does what the result asks for. */
  private async go(result: NodeResult, began: number): Promise<Called> {
    switch (result.kind) {
      case 'wait': {
        const until = Date.now() + Math.max(0, result.milliseconds);
        if (result.milliseconds > PATIENCE_MS) await this.keepPending({ until, value: result.value });
        await this.clock.sleep(until, undefined, this.broken);
        return this.keep(emit(result.value), began);
      }
      case 'call': {
        const id = await this.services.callPipeline(result.pipelineId, result.payload, this.effectKey, result.wait);
        if (!result.wait) return this.keep(emit({ executionId: id }), began);
        await this.keepPending({ executionId: id });
        return this.awaitCalled(id);
      }
      case 'respond':
        await this.services.respond(result);
        return this.keep(emit(result.value), began);
      default:
        return this.keep(result, began);
    }
  }

  private async awaitCalled(executionId: string): Promise<Called> {
    const { ended, forget } = this.services.ended(executionId);
    try {
      let called = await this.services.calledRun(executionId);
      while (!called) {
        await this.clock.sleep(undefined, ended, this.broken);
        called = await this.services.calledRun(executionId);
      }
      if (called.status === 'completed' || called.status === 'completed_with_errors') {
        return await this.keep(emit(called.output), 0);
      }
      throw new NodeError(
        `The called run ${called.status}${called.message ? `: ${called.message}` : ''}`,
        { executionId },
        false,
      );
    } finally {
      forget();
    }
  }

  private async keep(result: NodeResult, began: number): Promise<Called> {
    const kept = this.keptOf(result);
    if (this.planned.type.definition.pure) return { result: kept, at: began, input: this.input, reused: false };
    const at = await this.insist(() => this.services.keepResult(this.planned.node.id, this.frame.iteration, kept));
    return { result: kept, at, input: this.input, reused: false };
  }

  private keptOf(result: NodeResult): KeptResult {
    if (result.kind === 'stop') return { emissions: [], stop: result, attempts: this.attempts };
    if (result.kind !== 'emit') return { emissions: [], attempts: this.attempts };
    const { emissions, sensitive } = result;
    return { emissions, ...(sensitive?.length && { sensitive }), attempts: this.attempts };
  }

  /** No try is left. What failed is not tried again after a crash either. */
  private async giveUp({ error, sensitive }: Failure, began: number): Promise<Called> {
    const { node, continues, type } = this.planned;
    const input = this.inputs[0]?.value ?? null;
    const emissions = continues ? [{ port: 'error', value: { ...plain(error), input } }] : [];
    const result: KeptResult = { emissions, error, ...(sensitive?.length && { sensitive }), attempts: this.attempts };
    if (type.definition.pure || !continues) return { result, at: began, input: this.input, reused: false };
    const at = await this.insist(() => this.services.keepResult(node.id, this.frame.iteration, result));
    return { result, at, input: this.input, reused: false };
  }

  private async keepPending(pending: { until?: number; value?: JsonValue; executionId?: string }): Promise<void> {
    const { node } = this.planned;
    const kept = { ...pending, attempts: this.attempts };
    await this.insist(() => this.services.keepPending(node.id, this.frame.iteration, kept));
  }

  /** A database that is away for a moment is waited for here: what was done is not done again because of it. */
  private async insist<T>(keep: () => Promise<T>): Promise<T> {
    for (let troubles = 1; ; troubles++) {
      try {
        return await keep();
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        if (troubles === MOST_TROUBLES) throw new NotKept('the database does not answer');
        await this.clock.sleep(Date.now() + OVERLOAD_PAUSE_MS, undefined, this.broken);
      }
    }
  }

  private failed(error: unknown): Failure | 'unavailable' {
    if (RUN_ENDERS.some((type) => error instanceof type)) throw error;
    this.clock.throwIfHalted();
    if (isUnavailable(error)) {
      // It is the platform that is in trouble, not the node: that counts as no try.
      if (++this.troubles > MOST_TROUBLES) throw error;
      this.attempts = Math.max(0, this.attempts - 1);
      return 'unavailable';
    }
    return failureOf(error, this.planned, this.frame.iteration, this.run.id);
  }

  private passOn(): KeptResult {
    const { outputs } = this.planned.type.definition;
    const [port = 'out'] = typeof outputs === 'function' ? outputs(this.planned.node.parameters) : outputs;
    return { emissions: [{ port, value: this.inputs[0]?.value ?? null }], attempts: 0 };
  }

  private get effectKey(): string {
    const { id } = this.run;
    return this.frame.iteration
      ? `${id}/${this.planned.node.id}/${this.frame.iteration}`
      : `${id}/${this.planned.node.id}`;
  }
}

/** What a node did could not be kept: whoever takes the run up does it again. */
class NotKept extends Error {
  override readonly name = 'NotKept';
}

/** After these nothing of the node is tried again here. */
const RUN_ENDERS = [Halted, LeaseLost, NodeFailed, NotKept];

const isUnavailable = (error: unknown): boolean => error instanceof DomainError && error.kind === 'unavailable';

const LONGEST_RETRY_MS = 24 * 3_600_000;

/** The platform is overloaded, or its database away: so often it is tried again here, before the run is left to recovery. */
const MOST_TROUBLES = 5;
const OVERLOAD_PAUSE_MS = 1_000;

const plain = (error: RunError): JsonObject => JSON.parse(JSON.stringify(error)) as JsonObject;

/** 32 bits, the same for the same place in the same run and in its retries. */
const seedOf = (momentId: string, place: string): number =>
  createHash('sha1').update(`${momentId} ${place}`).digest().readInt32LE(0);
