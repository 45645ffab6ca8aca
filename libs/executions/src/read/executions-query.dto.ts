import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { CursorQuery } from '#platform/http';
import { STATUSES, TRIGGERS, type ExecutionStatus, type TriggerKind } from '../execution';

/** Whose runs, and in which time they were started. */
export class StretchQuery {
  /** Runs of this pipeline alone. */
  @IsOptional()
  @IsUUID()
  pipelineId?: string;

  /** Begin, inclusive: RFC 3339 or epoch milliseconds. @example "2026-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  from?: string;

  /** End, exclusive: RFC 3339 or epoch milliseconds. @example "2099-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  to?: string;
}

export class ExecutionsQuery extends IntersectionType(CursorQuery, StretchQuery) {
  /** What they are now. */
  @IsOptional()
  @IsIn(STATUSES)
  @ApiProperty({ enum: STATUSES, required: false })
  status?: ExecutionStatus;

  /** What started them. */
  @IsOptional()
  @IsIn(TRIGGERS)
  @ApiProperty({ enum: TRIGGERS, required: false })
  trigger?: TriggerKind;
}

export const NODE_STATUSES = ['completed', 'failed'] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

export class IterationsQuery extends CursorQuery {
  /** How they ended. */
  @IsOptional()
  @IsIn(NODE_STATUSES)
  @ApiProperty({ enum: NODE_STATUSES, required: false })
  status?: NodeStatus;
}

export class IterationQuery {
  /** Of a node in a loop: the number of the item, from 0, with those of outer loops before it. @example "0" */
  @IsOptional()
  @MaxLength(100)
  @Matches(/^\d{1,6}(\.\d{1,6})*$/, { message: 'iteration must be numbers with dots between them, such as 3 or 3.0' })
  iteration?: string;
}
