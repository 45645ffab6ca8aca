import { ApiProperty } from '@nestjs/swagger';
import type { JsonValue } from '#kernel';
import { HISTORY_DETAILS } from '#pipelines';
import { STATUSES, TRIGGERS, type ExecutionStatus, type TriggerKind } from '../execution';

export class ExecutionError {
  /** For people who built the pipeline. @example "Fetch took longer than 60 s" */
  message!: string;

  /** Where it failed. */
  nodeId?: string;

  nodeName?: string;

  /** Of a loop: the number of the item, from 0, with those of outer loops before it. @example "3.0" */
  iteration?: string;

  /** What else explains it: expression, position, answer of a service. */
  details?: object;
}

export class ExecutionView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  pipelineId!: string;

  /** As it was called then. */
  pipelineName!: string;

  pipelineVersion!: number;

  @ApiProperty({ enum: STATUSES })
  status!: ExecutionStatus;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: TriggerKind;

  /** The node that it began with; null where the pipeline's first trigger did. */
  triggerNodeId!: string | null;

  /** Hops through pipelines that started each other. */
  chainDepth!: number;

  @ApiProperty({ enum: HISTORY_DETAILS })
  historyDetail!: (typeof HISTORY_DETAILS)[number];

  /** The execution that called it and waits for it. */
  parentId!: string | null;

  /** The execution of which this is a retry. */
  retryOf!: string | null;

  /** Id of the user who started it. */
  startedBy!: string | null;

  createdAt!: Date;

  startedAt!: Date | null;

  finishedAt!: Date | null;

  /** From the begin of the work to its end, in milliseconds. */
  durationMs!: number | null;

  /** Why it failed. */
  error!: ExecutionError | null;

  /** What history has left out, and why: `nodesNotKept`, `dataNotKept`, `dataWithheld`, `overBudget`. */
  notes!: object | null;
}

/** An execution that somebody waited for. */
export class FinishedExecution extends ExecutionView {
  /** What the last node gave that leads to no other. */
  @ApiProperty({ type: Object })
  output!: JsonValue;
}

export class StartedExecution {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  executionId!: string;
}
