import { Injectable } from '@nestjs/common';
import type { FinalStatus, RunError } from './execution';
import type { ExecutionStart } from './intake/execution-start';

/** What whoever watches ends of runs is told. */
export interface EndedRun {
  id: string;
  organizationId: string;
  pipelineId: string;
  status: FinalStatus;
  chainDepth: number;
  error?: RunError | undefined;
}

/** An execution that is to start when that run has ended. */
export interface StartAfter {
  after: string;
  start: ExecutionStart;
  /** Told after the commit what became of it. */
  started: (happened: boolean) => void;
}

/** Executions that the end of others starts, in the same transaction: an end that is not committed starts none. */
@Injectable()
export abstract class RunEndWatchers {
  abstract startsAfter(runs: readonly EndedRun[]): Promise<readonly StartAfter[]>;
}
