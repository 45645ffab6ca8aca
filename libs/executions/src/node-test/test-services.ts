import type { JsonValue } from '#kernel';
import { NodeError, type NodeResult } from '#pipelines';
import { CODE_MS, EXPRESSION_MS, type FairSandbox } from '#platform/sandbox';
import type { RunEvaluators, RunServices } from '../runs/run-services';

/** What a test needs of the world: nothing is kept, nothing else is started. */
export class TestServices implements RunServices {
  private readonly states = new Map<string, JsonValue>();

  constructor(
    private readonly organizationId: string,
    private readonly sandbox: FairSandbox,
  ) {}

  evaluators(signal: AbortSignal): RunEvaluators {
    const within = (timeMs: number): RunEvaluators['expressions'] => ({
      evaluateAll: (scripts, values, moment) =>
        this.sandbox.evaluateAll(this.organizationId, scripts, values, moment, { timeMs, signal }),
    });
    return { expressions: within(EXPRESSION_MS), scripts: within(CODE_MS) };
  }

  keepResult(): Promise<number> {
    return Promise.resolve(Date.now());
  }

  keepPending(): Promise<void> {
    return Promise.resolve();
  }

  /** A node begins with nothing, whatever its runs have kept. */
  withState(nodeId: string, _iteration: string, work: (state: JsonValue) => { state: JsonValue; result: NodeResult }) {
    const { state, result } = work(this.states.get(nodeId) ?? null);
    this.states.set(nodeId, state);
    return Promise.resolve({ result, at: Date.now() });
  }

  callPipeline(): Promise<string> {
    return Promise.reject(
      new NodeError('A test starts no other pipeline: give the output of this node', undefined, false),
    );
  }

  calledRun(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  ended(): { ended: Promise<void>; forget: () => void } {
    return { ended: new Promise(() => undefined), forget: () => undefined };
  }

  respond(): Promise<void> {
    return Promise.resolve();
  }
}
