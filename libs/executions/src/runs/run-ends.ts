import type { JsonValue } from '#kernel';
import type { FinalStatus, RunError } from '../execution';

/** What a webhook is answered, where the pipeline says it. */
export interface WebhookResponse {
  status: number;
  headers: Record<string, string>;
  body: JsonValue;
}

/** How one stretch of work on a run ends. */
export type RunEnd =
  | { kind: 'ended'; status: FinalStatus; error?: RunError }
  /** It goes on when the time has come, or when one of the runs that it called has ended. */
  | { kind: 'parked'; due: Date; called: number }
  /** This process ends; another goes on. */
  | { kind: 'released' }
  /** The database does not answer, or another worker has it: whatever is not kept is done again. */
  | { kind: 'lost' };

/** Unwinds everything that is under way in a run. */
export class Halted extends Error {
  override readonly name = 'Halted';
}

/** A node failed, and its run or loop with it. */
export class NodeFailed extends Error {
  override readonly name = 'NodeFailed';

  constructor(readonly error: RunError) {
    super(error.message);
  }
}
