import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { AuditResult } from '../audit-row';

const RESULTS: readonly AuditResult[] = ['done', 'refused'];
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

export class AuditQuery {
  /** Most entries to answer, 1–200. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;

  /** An action, or with `*` all of one kind. @example "topic.*" */
  @IsOptional()
  @MaxLength(100)
  @Matches(/^[\w-]+\.(\*|[\w.-]+)$/, {
    message: 'action must be one such as user.create, or all of a kind such as user.*',
  })
  action?: string;

  /** Who did it. */
  @IsOptional()
  @IsUUID()
  userId?: string;

  /** Kind of what it was done to. @example "topic" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  entityType?: string;

  /** What it was done to. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  entityId?: string;

  /** Whether it was done or refused. */
  @IsOptional()
  @IsIn(RESULTS)
  result?: AuditResult;

  /** Begin, inclusive: RFC 3339 or epoch milliseconds. @example "2026-01-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  from?: string;

  /** End, exclusive: RFC 3339 or epoch milliseconds. @example "2026-02-01T00:00:00Z" */
  @IsOptional()
  @IsString()
  to?: string;

  /** The entries of the instance instead: users, clients, sign-ins, keys. For system administrators. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => BOOLEANS[String(value)] ?? value)
  @IsBoolean()
  instance: boolean = false;
}
