import { ApiProperty } from '@nestjs/swagger';
import type { JsonValue } from '#kernel';
import { ExecutionError } from '../dto/execution.dto';
import { NODE_STATUSES, type NodeStatus } from './executions-query.dto';

/** What one node did in one execution; of a node in a loop, in all its iterations together. */
export class NodeExecutionView {
  /** @example "fetch" */
  nodeId!: string;

  /** As it was called in that version; null when the pipeline is not there any more. */
  nodeName!: string | null;

  /** @example "system.uns.publish" */
  type!: string | null;

  /** Of a loop: `failed` where one of its iterations failed. */
  @ApiProperty({ enum: NODE_STATUSES })
  status!: NodeStatus;

  /** Tries; of a loop, those of all iterations. */
  attempts!: number;

  /** Its result was kept by an earlier try of the run, or by the run of which this is a retry. */
  reused!: boolean;

  startedAt!: Date;

  /** Milliseconds; of a loop, those of all iterations. */
  durationMs!: number;

  /** Ports that something went out of. @example ["out"] */
  ports!: string[];

  /** How often it ran in its loop; null outside of loops. */
  iterations!: number | null;

  /** How many of those failed; null outside of loops. */
  failed!: number | null;
}

/** One node in one iteration, with its data. */
export class NodeResultView {
  /** @example "fetch" */
  nodeId!: string;

  /** As it was called in that version; null when the pipeline is not there any more. */
  nodeName!: string | null;

  /** @example "system.uns.publish" */
  type!: string | null;

  /** Of a loop: the number of the item, from 0, with those of outer loops before it; null outside. @example "3.0" */
  iteration!: string | null;

  @ApiProperty({ enum: NODE_STATUSES })
  status!: NodeStatus;

  attempts!: number;

  /** Its result was kept by an earlier try of the run, or by the run of which this is a retry. */
  reused!: boolean;

  startedAt!: Date;

  durationMs!: number;

  /** Ports that something went out of. @example ["out"] */
  ports!: string[];

  /**
   * Its parameters as computed, where history keeps data (`historyDetail: full`); absent elsewhere. What is longer than
   * 64 KiB is cut to `{"$cut": {"bytes", "start"}}`; values that a model calls sensitive are masked.
   */
  @ApiProperty({ type: Object, required: false })
  input?: JsonValue;

  /** What it gave at its first port, likewise. */
  @ApiProperty({ type: Object, required: false })
  output?: JsonValue;

  /** Why it failed. */
  error!: ExecutionError | null;
}

/** One iteration of a node in a loop. */
export class NodeIterationView {
  /** @example "3.0" */
  iteration!: string;

  @ApiProperty({ enum: NODE_STATUSES })
  status!: NodeStatus;

  attempts!: number;

  reused!: boolean;

  startedAt!: Date;

  durationMs!: number;

  /** @example ["out"] */
  ports!: string[];

  /** Why it failed, at most 1,000 characters. */
  message!: string | null;
}
