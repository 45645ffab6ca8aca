import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { AGGREGATES, type Aggregate } from '../../history/aggregate';

export class TopicPath {
  /** Full topic path. @example "mHv1.0/factory/line-1/temperature" */
  @IsString()
  @IsNotEmpty()
  topic!: string;
}

export class RecentQuery extends TopicPath {
  /** Most records to answer, 1–10,000. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit: number = 100;
}

export class RangeQuery extends RecentQuery {
  /** Begin, inclusive: RFC 3339 or epoch milliseconds. Default: the first record. @example "2026-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  from?: string;

  /** End, exclusive: RFC 3339 or epoch milliseconds. Default: now and beyond. @example "2026-01-02T00:00:00Z" */
  @IsOptional()
  @IsString()
  to?: string;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  /** Width of a bucket: a whole number of ms, s, m, h or d, aligned to the UTC epoch. @example "1m" */
  @IsOptional()
  @Matches(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, { message: 'bucket must be a width such as 500ms, 10s, 1m, 1h or 1d' })
  bucket?: string;

  /** What a bucket tells of its values. */
  @IsOptional()
  @IsIn(AGGREGATES)
  aggregate?: Aggregate;

  /** The field of object values, with dots for nested ones. @example "motor.rpm" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  field?: string;
}

export class SnapshotQuery {
  /** The branch: a topic path. Default: the whole namespace. @example "mHv1.0/factory" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  prefix?: string;

  /** The moment, inclusive: RFC 3339 or epoch milliseconds. Default: now and beyond. @example "2026-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  at?: string;

  /** Most records to answer, 1–10,000. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit: number = 1_000;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  cursor?: string;
}
