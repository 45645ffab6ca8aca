import { Logger } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import type { Emission } from '#pipelines';
import type { RunError } from '../execution';
import type { NodeEvent, RunHistory } from '../history/run-history';
import { placeOf, type ClaimedRun } from './claimed-run';
import { Frame } from './frame';
import { NodeTries, type Called } from './node-call';
import { RunClock } from './run-clock';
import { Halted, NodeFailed, type RunEnd } from './run-ends';
import type { PlannedNode, RunPlan } from './run-plan';
import type { RunEvaluators, RunServices } from './run-services';
import { LeaseLost } from './run-store';
import { ScopeRun, type Arrived, type NodeCaller, type Outcome } from './scope-run';

/** Nodes of one run that work at the same time, where the pipeline lets them. */
const PARALLEL_NODES = 8;

/**
 * One stretch of work on a run: from its trigger, or from what was kept of it, to its end or to where it is laid down.
 * What is pure is computed again, what is kept is not done again.
 */
export class Run implements NodeCaller {
  private readonly logger = new Logger(Run.name);
  private readonly clock: RunClock;
  private readonly evaluators: RunEvaluators;
  /** Epoch milliseconds. */
  private readonly deadline: number;
  private errors = 0;
  private output: JsonValue = null;

  constructor(
    private readonly claimed: ClaimedRun,
    private readonly plan: RunPlan,
    private readonly services: RunServices,
    private readonly history: RunHistory,
  ) {
    const { executionMode, timeoutSeconds } = plan.definition;
    this.deadline = claimed.startedAt.getTime() + timeoutSeconds * 1_000;
    this.clock = new RunClock(executionMode === 'sequential' ? 1 : PARALLEL_NODES, this.deadline);
    this.evaluators = services.evaluators(this.clock.signal);
  }

  /** What the last node gave that leads to no other. */
  get lastOutput(): JsonValue {
    return this.output;
  }

  /** Ends it, also in the middle of a node. */
  cancel(): void {
    this.clock.halt({ kind: 'ended', status: 'cancelled' }, true);
  }

  /** Ends the work here once the nodes that work have done so; `abort` does not wait for them. */
  interrupt(end: RunEnd, abort = false): void {
    this.clock.halt(end, abort);
  }

  async execute(): Promise<RunEnd> {
    const trigger = this.trigger();
    if (!trigger)
      return this.ended('failed', { message: 'The trigger that started it is not in the pipeline any more' });
    const deadline = this.limitTime();
    try {
      const frame = new Frame(undefined, '', this.claimed.momentAt.getTime());
      frame.set(trigger.node.name, this.claimed.input);
      this.history.trigger(trigger.node, this.claimed);
      const others = [...this.plan.top.nodes.values()].filter(({ type }) => type.definition.trigger);
      const emissions = [{ port: 'out', value: this.claimed.input }];
      const dead = others.filter((other) => other !== trigger);
      const last = await new ScopeRun(this, this.plan.top, frame).execute(
        trigger,
        { emissions, clock: frame.clock },
        dead,
      );
      this.output = last?.value ?? null;
      return this.clock.halted ?? this.ended(this.errors > 0 ? 'completed_with_errors' : 'completed');
    } catch (error) {
      if (this.clock.halted) return this.clock.halted;
      if (error instanceof NodeFailed) return this.ended('failed', error.error);
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  async call(planned: PlannedNode, inputs: readonly Arrived[], frame: Frame, broken: Promise<void>): Promise<Outcome> {
    await this.clock.enter();
    const began = { at: Date.now(), tick: performance.now() };
    try {
      const { claimed, plan, clock, services, evaluators } = this;
      const tries = new NodeTries(claimed, plan, planned, frame, inputs, clock, services, evaluators, broken);
      const called = await tries.make(this.claimed.checkpoints.get(placeOf(planned.node.id, frame.iteration)));
      if (!planned.loop || called.result.error) this.note(planned, frame, inputs, called, began);
      return this.judge(planned, called);
    } catch (error) {
      if (error instanceof NodeFailed || error instanceof Halted) throw error;
      // What is not kept is done again by whoever takes the run up.
      if (!(error instanceof LeaseLost)) this.logger.warn(`${this.claimed.id} is given up here: ${String(error)}`);
      this.clock.halt({ kind: 'lost' }, true);
      throw new Halted();
    } finally {
      this.clock.leave();
    }
  }

  loopDone({ node }: PlannedNode, frame: Frame, began: number, result: JsonValue): void {
    this.history.node(node, frame.iteration, loopEvent(began, [{ port: 'out', value: result }]));
  }

  loopFailed({ node, continues }: PlannedNode, frame: Frame, began: number, error: RunError): Outcome {
    this.history.node(node, frame.iteration, loopEvent(began, [], error));
    if (!continues) throw new NodeFailed(error);
    this.errors++;
    return { emissions: [{ port: 'error', value: { message: error.message } }], clock: frame.clock, error };
  }

  countError(): void {
    this.errors++;
  }

  throwIfHalted(): void {
    this.clock.throwIfHalted();
  }

  nodeById(id: string): PlannedNode {
    return this.plan.nodes.get(id)!;
  }

  private judge({ continues }: PlannedNode, { result, at }: Called): Outcome {
    if (result.stop) {
      const { status, message } = result.stop;
      this.clock.halt({ kind: 'ended', status, ...(status === 'failed' && { error: { message } }) });
      throw new Halted();
    }
    if (result.sensitive) this.history.secrets.add(result.sensitive);
    if (!result.error) return { emissions: result.emissions, clock: at };
    if (!continues) throw new NodeFailed(result.error);
    this.errors++;
    return { emissions: result.emissions, clock: at, error: result.error };
  }

  private note(
    { node }: PlannedNode,
    { iteration }: Frame,
    inputs: readonly Arrived[],
    { result, input, reused }: Called,
    began: { at: number; tick: number },
  ): void {
    this.history.node(node, iteration, {
      startedAt: began.at,
      durationMs: Math.round((performance.now() - began.tick) * 1_000) / 1_000,
      attempts: result.attempts,
      reused,
      input: input ?? inputs.map(({ value }) => value),
      emissions: result.emissions,
      error: result.error,
    });
  }

  private trigger(): PlannedNode | undefined {
    const { triggerNodeId, trigger } = this.claimed;
    const { triggers } = this.plan;
    if (triggerNodeId !== null) return triggers.find(({ node }) => node.id === triggerNodeId);
    const manual = triggers.find(({ node }) => node.type === 'trigger.manual');
    return manual ?? (['pipeline', 'manual', 'retry'].includes(trigger) ? triggers[0] : undefined);
  }

  private limitTime(): NodeJS.Timeout {
    const { timeoutSeconds } = this.plan.definition;
    const error = { message: `The run took longer than ${timeoutSeconds} s` };
    return setTimeout(
      () => this.clock.halt({ kind: 'ended', status: 'failed', error }, true),
      Math.min(Math.max(0, this.deadline - Date.now()), 2 ** 31 - 1),
    );
  }

  private ended(status: 'completed' | 'completed_with_errors' | 'failed', error?: RunError): RunEnd {
    return { kind: 'ended', status, ...(error && { error }) };
  }
}

const loopEvent = (began: number, emissions: readonly Emission[], error?: RunError): NodeEvent => ({
  startedAt: began,
  durationMs: Date.now() - began,
  attempts: 1,
  reused: false,
  input: null,
  emissions,
  error,
});
