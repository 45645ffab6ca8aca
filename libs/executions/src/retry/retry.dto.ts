import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { FinalStatus } from '../execution';

export const RETRY_FROM = ['failed', 'start'] as const;
export type RetryFrom = (typeof RETRY_FROM)[number];
export const RETRY_VERSIONS = ['original', 'current'] as const;
export type RetryVersion = (typeof RETRY_VERSIONS)[number];

export const FINAL_STATUSES: readonly FinalStatus[] = ['completed', 'failed', 'completed_with_errors', 'cancelled'];

export const MOST_RETRIED = 1_000;

export class RetryInput {
  /** `failed` takes over what its nodes have done already, and does the rest; `start` does all of it again. */
  @IsOptional()
  @IsIn(RETRY_FROM)
  @ApiProperty({ enum: RETRY_FROM, required: false, default: 'failed' })
  from: RetryFrom = 'failed';

  /** The version of the pipeline that ran, or the one of now. */
  @IsOptional()
  @IsIn(RETRY_VERSIONS)
  @ApiProperty({ enum: RETRY_VERSIONS, required: false, default: 'original' })
  version: RetryVersion = 'original';
}

export class RetryManyInput {
  /** Executions by their ids; the other conditions have to hold for them, too. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_RETRIED)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  ids?: string[];

  /** Runs of this pipeline alone. */
  @IsOptional()
  @IsUUID()
  pipelineId?: string;

  /** How they ended; `failed` and `completed_with_errors` where nothing is said. */
  @IsOptional()
  @IsIn(FINAL_STATUSES)
  @ApiProperty({ enum: FINAL_STATUSES, required: false })
  status?: FinalStatus;

  /** Begin of the time they were started in, inclusive: RFC 3339 or epoch milliseconds. @example "2026-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  from?: string;

  /** Its end, exclusive. @example "2099-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  to?: string;

  /** As `from` of a single retry. */
  @IsOptional()
  @IsIn(RETRY_FROM)
  @ApiProperty({ enum: RETRY_FROM, required: false, default: 'failed' })
  retryFrom: RetryFrom = 'failed';

  @IsOptional()
  @IsIn(RETRY_VERSIONS)
  @ApiProperty({ enum: RETRY_VERSIONS, required: false, default: 'original' })
  version: RetryVersion = 'original';

  /** Most executions to retry, 1–1000; the oldest come first. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_RETRIED)
  limit: number = 100;
}

export class RefusedRetry {
  /** The execution that is not retried. */
  id!: string;

  reason!: string;
}

export class RetriesView {
  /** Executions that the conditions hold for, up to `limit`. */
  matched!: number;

  /** How many of them are retried. */
  started!: number;

  refused!: RefusedRetry[];

  /** The conditions hold for others beyond `limit`. */
  more!: boolean;
}
