import { Injectable } from '@nestjs/common';
import type { FinalStatus } from './execution';
import type { ExecutionStart } from './intake/execution-start';

/** What whoever watches ends of runs is told. */
export interface EndedRun {
  id: string;
  organizationId: string;
  pipelineId: string;
  status: FinalStatus;
  chainDepth: number;
}

/** Executions that the end of others starts, in the same transaction: an end that is not committed starts none. */
@Injectable()
export abstract class RunEndWatchers {
  abstract startsAfter(runs: readonly EndedRun[]): Promise<readonly { after: string; start: ExecutionStart }[]>;
}
