import type { JsonValue } from '#kernel';
import type { Emission } from '#pipelines';
import type { RunError } from '../execution';
import type { ClaimedRun } from '../runs/claimed-run';
import { Frame } from '../runs/frame';
import { NodeTries, type Called } from '../runs/node-call';
import { RunClock } from '../runs/run-clock';
import { Halted, NodeFailed } from '../runs/run-ends';
import type { PlannedNode, RunPlan } from '../runs/run-plan';
import type { RunEvaluators, RunServices } from '../runs/run-services';
import { ScopeRun, type Arrived, type NodeCaller, type Outcome } from '../runs/scope-run';
import type { NodeTestView } from './node-test.dto';

/** Of a whole test. */
const LONGEST_MS = 60_000;

const OVER: RunError = { message: `The test took longer than ${LONGEST_MS / 1_000} s` };

/** Runs one node of a pipeline with what it needs, once, and tells what became of it. */
export class NodeTest implements NodeCaller {
  /** One after another, and waits are waited for: nothing can be laid down. */
  private readonly clock = new RunClock(1, Infinity, Infinity);
  private readonly evaluators: RunEvaluators;
  private readonly upstream = new Map<string, JsonValue>();
  private tested: (Pick<NodeTestView, 'inputUsed' | 'durationMs'> & { called: Called }) | undefined;

  constructor(
    private readonly run: ClaimedRun,
    private readonly plan: RunPlan,
    private readonly nodeId: string,
    /** Outputs that are taken as given, by the ids of their nodes. */
    private readonly given: ReadonlyMap<string, JsonValue>,
    private readonly services: RunServices,
  ) {
    this.evaluators = services.evaluators(this.clock.signal);
  }

  async execute(trigger: PlannedNode): Promise<NodeTestView> {
    if (trigger.node.id === this.nodeId) return this.answerOfTrigger();
    const late = setTimeout(() => this.clock.halt({ kind: 'ended', status: 'failed', error: OVER }, true), LONGEST_MS);
    try {
      return this.answer(await this.follow(trigger));
    } finally {
      clearTimeout(late);
      this.clock.halt({ kind: 'ended', status: 'cancelled' }, true);
    }
  }

  async call(planned: PlannedNode, inputs: readonly Arrived[], frame: Frame, broken: Promise<void>): Promise<Outcome> {
    await this.clock.enter();
    try {
      const isTested = planned.node.id === this.nodeId;
      const began = performance.now();
      const called =
        isTested || !this.given.has(planned.node.id)
          ? await this.tries(planned, inputs, frame, broken)
          : this.taken(planned);
      if (isTested) this.finish(called, performance.now() - began, !planned.loop);
      if (called.result.stop) this.end({ kind: 'ended', status: 'cancelled' });
      if (called.result.error && !planned.continues) throw new NodeFailed(called.result.error);
      const emissions =
        planned.loop && this.isInside(planned) ? firstItem(called.result.emissions) : called.result.emissions;
      if (!this.given.has(planned.node.id)) this.note(planned, emissions);
      return { emissions, clock: called.at, ...(called.result.error && { error: called.result.error }) };
    } catch (error) {
      if (error instanceof NodeFailed || error instanceof Halted) throw error;
      const { name: nodeName, id: nodeId } = planned.node;
      throw new NodeFailed({ message: `${nodeName}: ${(error as Error).message}`, nodeId, nodeName });
    } finally {
      this.clock.leave();
    }
  }

  loopDone(planned: PlannedNode, _frame: Frame, _began: number, result: JsonValue): void {
    const { endId } = planned.loop!;
    if (!this.given.has(endId)) this.upstream.set(this.nodeById(endId).node.name, result);
    if (endId !== this.nodeId || !this.tested) return;
    this.tested.called = {
      ...this.tested.called,
      result: { emissions: [{ port: 'out', value: result }], attempts: 1 },
    };
    this.end({ kind: 'ended', status: 'completed' });
  }

  loopFailed({ continues }: PlannedNode, frame: Frame, _began: number, error: RunError): Outcome {
    if (!continues) throw new NodeFailed(error);
    return { emissions: [{ port: 'error', value: { message: error.message } }], clock: frame.clock, error };
  }

  countError(): void {
    // A test has no status of its own: what failed on the way is seen in what it gave.
  }

  throwIfHalted(): void {
    this.clock.throwIfHalted();
  }

  nodeById(id: string): PlannedNode {
    return this.plan.nodes.get(id)!;
  }

  /** Resolves with what failed before the node, or with nothing. */
  private async follow(trigger: PlannedNode): Promise<RunError | undefined> {
    const frame = new Frame(undefined, '', this.run.momentAt.getTime());
    frame.set(trigger.node.name, this.run.input);
    for (const [id, value] of this.given) {
      const planned = this.plan.nodes.get(id);
      if (planned && planned !== trigger) frame.set(planned.node.name, value);
    }
    const emissions = [{ port: 'out', value: this.run.input }];
    try {
      await new ScopeRun(this, this.plan.top, frame).execute(trigger, { emissions, clock: frame.clock });
    } catch (error) {
      if (error instanceof NodeFailed) return error.error;
      if (!(error instanceof Halted)) throw error;
    }
    const end = this.clock.halted;
    return end?.kind === 'ended' ? end.error : undefined;
  }

  private tries(planned: PlannedNode, inputs: readonly Arrived[], frame: Frame, broken: Promise<void>) {
    const { run, plan, clock, services, evaluators } = this;
    return new NodeTries(run, plan, planned, frame, inputs, clock, services, evaluators, broken).make(undefined);
  }

  /** What is given goes wherever something leads to from there. */
  private taken({ node, outgoing }: PlannedNode): Called {
    const value = this.given.get(node.id)!;
    const ports = new Set(outgoing.map(({ sourcePort }) => sourcePort).filter((port) => port !== 'error'));
    const emissions = [...ports.add('out')].map((port) => ({ port, value }));
    return { result: { emissions, attempts: 0 }, at: this.run.momentAt.getTime(), input: undefined, reused: true };
  }

  private finish(called: Called, durationMs: number, last: boolean): void {
    this.tested = { called, durationMs, inputUsed: called.input ?? null };
    // The end of a loop is one with the loop: it is told by it when all items are through.
    const endsLoop = [...this.plan.nodes.values()].some(({ loop }) => loop?.endId === this.nodeId);
    if (last && !endsLoop) this.end({ kind: 'ended', status: 'completed' });
  }

  /** @throws Halted */
  private end(end: Parameters<RunClock['halt']>[0]): never {
    this.clock.halt(end);
    throw new Halted();
  }

  /** A loop that is run as a whole is told by its end. */
  private note(planned: PlannedNode, emissions: readonly Emission[]): void {
    const { name, id } = planned.node;
    if (id === this.nodeId || this.upstream.has(name)) return;
    if (!planned.loop || this.isInside(planned)) this.upstream.set(name, emissions[0]?.value ?? null);
  }

  /** Whether the tested node is in the loop that begins here, and not its end. */
  private isInside({ loop }: PlannedNode): boolean {
    if (!loop || loop.endId === this.nodeId) return false;
    const within = (inner: NonNullable<PlannedNode['loop']>): boolean =>
      [...inner.scope.nodes.values()].some(
        ({ node, loop: deeper }) => node.id === this.nodeId || (deeper !== undefined && within(deeper)),
      );
    return within(loop);
  }

  /** It does nothing: what starts a run goes out of it. */
  private answerOfTrigger(): NodeTestView {
    const output = { out: this.run.input };
    return { status: 'completed', output, inputUsed: null, error: null, durationMs: 0, upstream: {} };
  }

  private answer(failed: RunError | undefined): NodeTestView {
    const upstream = Object.fromEntries<JsonValue>(this.upstream);
    const { called, durationMs = 0, inputUsed = null } = this.tested ?? {};
    const error = called?.result.error ?? failed ?? null;
    const output = Object.fromEntries((called?.result.emissions ?? []).map(({ port, value }) => [port, value]));
    const status = error ? 'failed' : called ? 'completed' : 'skipped';
    return { status, output, inputUsed, error, durationMs, upstream };
  }
}

const firstItem = (emissions: readonly Emission[]): Emission[] =>
  emissions.map(({ port, value }) => ({ port, value: Array.isArray(value) ? value.slice(0, 1) : value }));
