import type { JsonValue } from '#kernel';
import type { Emission, NodeInput, PipelineEdge } from '#pipelines';
import { takeTurns } from '#platform/turns';
import type { RunError } from '../execution';
import type { Frame } from './frame';
import { NodeFailed } from './run-ends';
import type { PlannedNode, PlannedScope } from './run-plan';

/** What came along an edge. */
export interface Arrived extends NodeInput {
  clock: number;
}

export interface Outcome {
  emissions: readonly Emission[];
  clock: number;
  /** It failed, and the pipeline goes on without it. */
  error?: RunError;
}

/** What a scope asks of the run that it is part of. */
export interface NodeCaller {
  /** @throws NodeFailed when the scope ends with it; Halted. */
  call(planned: PlannedNode, inputs: readonly Arrived[], frame: Frame, broken: Promise<void>): Promise<Outcome>;
  /** A loop has run all its items. */
  loopDone(planned: PlannedNode, frame: Frame, began: number, result: JsonValue): void;
  /** A loop was broken off by one of its items. @throws NodeFailed unless the pipeline goes on without it. */
  loopFailed(planned: PlannedNode, frame: Frame, began: number, error: RunError): Outcome;
  /** Something failed that the pipeline goes on without. */
  countError(): void;
  throwIfHalted(): void;
  nodeById(id: string): PlannedNode;
}

/**
 * Runs the nodes of one scope: each as soon as everything that leads to it has arrived, or is known never to come. Of
 * those ways that did not lead anywhere in this run, nodes behind them are left out.
 */
export class ScopeRun {
  private readonly left: Map<string, number>;
  private readonly arrived = new Map<string, Arrived[]>();
  private pending = 0;
  private failure: NodeFailed | undefined;
  /** The run does not go on, or something is wrong that no node is to blame for. */
  private end: { reason: unknown } | undefined;
  private readonly done = Promise.withResolvers<void>();
  private readonly broken = Promise.withResolvers<void>();
  /** Items of loops that run in this scope now. */
  private readonly inner = new Set<ScopeRun>();
  /** What came out of a node that leads nowhere from here: of a loop, its end. */
  private last: { value: JsonValue; clock: number } | undefined;

  constructor(
    private readonly run: NodeCaller,
    private readonly scope: PlannedScope,
    private readonly frame: Frame,
  ) {
    this.left = new Map(scope.waitsFor);
  }

  /**
   * Begins with what a node outside of it, or the trigger, emits; resolves with what the scope's last node gave.
   * @throws NodeFailed; Halted
   */
  async execute(from: PlannedNode, outcome: Outcome, dead: readonly PlannedNode[] = []) {
    this.pending++;
    for (const planned of dead) this.skip(planned);
    this.emit(from, from.outgoing, outcome);
    this.finish();
    await this.done.promise;
    if (this.end) throw this.end.reason;
    if (this.failure) throw this.failure;
    return this.last;
  }

  private emit({ node }: PlannedNode, edges: readonly PipelineEdge[], { emissions, clock }: Outcome): void {
    for (const edge of edges) {
      const emission = emissions.find(({ port }) => port === edge.sourcePort);
      const arrived = emission && {
        port: edge.targetPort,
        nodeId: node.id,
        nodeName: node.name,
        value: emission.value,
        clock,
      };
      this.resolve(edge, arrived);
    }
  }

  private resolve(edge: PipelineEdge, arrived: Arrived | undefined): void {
    const target = this.scope.nodes.get(edge.target);
    if (!target) return;
    if (arrived) append(this.arrived, edge.target, arrived);
    const left = this.left.get(edge.target)! - 1;
    this.left.set(edge.target, left);
    if (left > 0) return;
    const inputs = this.arrived.get(edge.target);
    if (inputs) this.begin(target, inputs);
    else this.skip(target);
  }

  private skip(planned: PlannedNode): void {
    for (const edge of this.waysOut(planned)) this.resolve(edge, undefined);
  }

  /** What a loop leads to hangs at its end. */
  private waysOut({ loop, outgoing }: PlannedNode): readonly PipelineEdge[] {
    return loop ? this.run.nodeById(loop.endId).outgoing : outgoing;
  }

  private begin(planned: PlannedNode, inputs: readonly Arrived[]): void {
    if (this.failure || this.end) return;
    this.pending++;
    inputs = inputs.length > 1 ? [...inputs].sort(byNodeName) : inputs;
    this.work(planned, inputs)
      .catch((error: unknown) => {
        if (error instanceof NodeFailed) this.breakOff(error);
        else this.end ??= { reason: error };
      })
      .finally(() => this.finish());
  }

  /** Nothing more begins in it, nor in the loops inside; what waits for a later time waits no more. */
  private breakOff(failure: NodeFailed): void {
    this.failure ??= failure;
    this.broken.resolve();
    for (const inner of this.inner) inner.breakOff(failure);
  }

  private finish(): void {
    if (--this.pending === 0) this.done.resolve();
  }

  private async work(planned: PlannedNode, inputs: readonly Arrived[]): Promise<void> {
    const called = await this.run.call(planned, inputs, this.frame, this.broken.promise);
    const outcome = planned.loop && !called.error ? await this.loop(planned, called) : called;
    const value = outcome.emissions[0]?.value ?? null;
    if (!outcome.error)
      this.frame.set((planned.loop ? this.run.nodeById(planned.loop.endId) : planned).node.name, value);
    const ways = this.waysOut(planned);
    if (!outcome.error && !ways.some(({ target }) => this.scope.nodes.has(target))) {
      this.last = { value, clock: outcome.clock };
    }
    this.emit(planned.loop ? this.run.nodeById(planned.loop.endId) : planned, ways, outcome);
  }

  /** One item after the other. */
  private async loop(planned: PlannedNode, { emissions, clock: from }: Outcome): Promise<Outcome> {
    const began = Date.now();
    const { scope, stopOnError } = planned.loop!;
    const value = emissions[0]?.value ?? null;
    // One that is disabled lets through what comes in, whatever it is.
    const items = planned.node.disabled ? [value] : (value as JsonValue[]);
    const results: JsonValue[] = [];
    let clock = from;
    let failed = 0;
    for (const [index, item] of items.entries()) {
      await takeTurns();
      this.run.throwIfHalted();
      if (this.failure) throw this.failure;
      const inner = new ScopeRun(this.run, scope, this.frame.inner(index, item, clock));
      this.inner.add(inner);
      try {
        const end = await inner.execute(planned, { emissions: [{ port: 'out', value: item }], clock });
        results.push(end?.value ?? null);
        clock = Math.max(clock, end?.clock ?? 0);
      } catch (error) {
        if (!(error instanceof NodeFailed)) throw error;
        if (stopOnError) return this.run.loopFailed(planned, this.frame, began, error.error);
        results.push({ error: { message: error.error.message } });
        failed++;
      } finally {
        this.inner.delete(inner);
      }
    }
    if (failed > 0) this.run.countError();
    const result = { results, succeeded: items.length - failed, failed };
    this.run.loopDone(planned, this.frame, began, result);
    return { emissions: [{ port: 'out', value: result }], clock };
  }
}

const byNodeName = (a: Arrived, b: Arrived): number => (a.nodeName < b.nodeName ? -1 : a.nodeName > b.nodeName ? 1 : 0);

function append(map: Map<string, Arrived[]>, key: string, value: Arrived): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
