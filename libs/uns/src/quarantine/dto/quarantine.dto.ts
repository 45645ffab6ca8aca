import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
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
import type { JsonValue } from '#kernel';
import { CursorQuery } from '#platform/http';
import { QUALITIES, type Quality } from '../../record';
import { IsGiven, VerdictView } from '../../schemas/dto/schema.dto';
import type { Quarantined } from '../quarantine.repository';

export const REASONS = ['schema_mismatch', 'out_of_range', 'wrong_type'] as const;

export class QuarantineFilter {
  /** A topic's full path, or an MQTT topic filter. @example "mHv1.0/factory/#" */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  topic?: string;

  /** Why they were refused. */
  @IsOptional()
  @IsIn(REASONS)
  reason?: (typeof REASONS)[number];
}

export class QuarantineQuery extends CursorQuery {
  /** A topic's full path, or an MQTT topic filter. @example "mHv1.0/factory/#" */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  topic?: string;

  /** Why they were refused. */
  @IsOptional()
  @IsIn(REASONS)
  reason?: (typeof REASONS)[number];

  /** By when they came: `-receivedAt` tells the newest first, `receivedAt` the oldest. */
  @IsOptional()
  @IsIn(['receivedAt', '-receivedAt'])
  sort: 'receivedAt' | '-receivedAt' = '-receivedAt';
}

/** One of topic and ids. */
export class QuarantineSelection {
  /** A topic's full path, or an MQTT topic filter. @example "mHv1.0/factory/line-1/temperature" */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  topic?: string;

  /** Ids of values; those that are not there are passed over. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @IsUUID(undefined, { each: true })
  @ApiProperty({ type: 'array', items: { type: 'string', format: 'uuid' }, required: false, maxItems: 10_000 })
  ids?: string[];
}

export class Resubmit extends QuarantineSelection {
  /** Most values to try. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100_000)
  limit: number = 10_000;

  /** `nextCursor` of the answer before: goes on behind those that were tried. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}

export class Resubmitted {
  /** Values that are records now. */
  resubmitted!: number;

  /** Values that are still refused, with the reason of now. */
  refused!: number;

  /** Values of the selection that were not tried. */
  remaining!: number;

  /** Where to go on; null when all were tried. */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class Discarded {
  discarded!: number;
}

export class Correction {
  /** Any JSON value, also null. It is checked when it is resubmitted. */
  @IsGiven()
  @ApiProperty({ description: 'Any JSON value', example: 21.5, type: Number })
  value!: JsonValue;
}

export class QuarantinedView {
  /** That of the record, once it is one. @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  @ApiProperty({ description: 'Any JSON value', example: 'n/a', type: Object })
  value!: unknown;

  /** What was published, where somebody has corrected it. */
  @ApiProperty({ description: 'Any JSON value', required: false, type: Object })
  original?: unknown;

  corrected!: boolean;

  /** @example "plc-01" */
  source!: string | null;

  timestamp!: Date;

  receivedAt!: Date;

  @ApiProperty({ enum: QUALITIES })
  quality!: Quality;

  @ApiProperty({ enum: REASONS })
  reason!: string;

  /** @example "must be number" */
  message!: string;

  /** Of the schema that refused it last. */
  schemaVersion!: number;

  /** Counts the corrections; the ETag is made from it. */
  version!: number;
}

export class QuarantinedDetail extends QuarantinedView {
  /** What would become of it if it were resubmitted now. */
  verdict!: VerdictView;
}

export class QuarantineCount {
  /** @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  @ApiProperty({ enum: REASONS })
  reason!: string;

  count!: number;

  /** When the first of them came. */
  oldest!: Date;

  newest!: Date;
}

export class QuarantineSummary {
  /** All values of the selection. */
  total!: number;

  /** How many an organization may have. What is refused beyond it is not kept. */
  most!: number;

  /** By topic and reason, the most first; at most 1,000. */
  counts!: QuarantineCount[];
}

export const toQuarantinedView = (row: Quarantined): QuarantinedView => ({
  id: row.id,
  topic: row.topic,
  value: row.value,
  ...(row.corrected && { original: row.original }),
  corrected: row.corrected,
  source: row.source,
  timestamp: row.timestamp,
  receivedAt: row.receivedAt,
  quality: row.quality,
  reason: row.reason,
  message: row.message,
  schemaVersion: row.schemaVersion,
  version: row.version,
});
