import type { JsonValue } from '#kernel';
import type { Evaluator, NodeResult } from '#pipelines';
import type { FinalStatus } from '../execution';
import type { KeptResult, Pending } from './claimed-run';
import type { WebhookResponse } from './run-ends';

/** How another run ended that this one called. */
export interface CalledRun {
  status: FinalStatus;
  message: string | undefined;
  output: JsonValue;
}

export interface RunEvaluators {
  /** For expressions in parameters. */
  expressions: Evaluator;
  /** For nodes whose work is a script. */
  scripts: Evaluator;
}

/**
 * What a run needs of the world around it. Everything that is kept is kept under the run's lease: `LeaseLost` says that
 * somebody else has the run by now.
 */
export interface RunServices {
  /** What runs the JavaScript of this run; it ends with the signal. */
  evaluators(signal: AbortSignal): RunEvaluators;
  /** Resolves with the time of the commit. */
  keepResult(nodeId: string, iteration: string, result: KeptResult): Promise<number>;
  keepPending(nodeId: string, iteration: string, pending: Pending): Promise<void>;
  /** Changes what a node keeps between runs, and keeps its result with it. */
  withState(
    nodeId: string,
    iteration: string,
    work: (state: JsonValue) => { state: JsonValue; result: NodeResult },
    keep: (result: NodeResult) => KeptResult,
  ): Promise<{ result: NodeResult; at: number }>;
  /** Starts another pipeline, once for each key. The id of its run. @throws NodeError */
  callPipeline(pipelineId: string, payload: JsonValue, key: string, wait: boolean): Promise<string>;
  /** Nothing while it has not ended. */
  calledRun(executionId: string): Promise<CalledRun | undefined>;
  /** Resolves when the run has ended, or never. */
  ended(executionId: string): { ended: Promise<void>; forget: () => void };
  respond(response: WebhookResponse): Promise<void>;
}
