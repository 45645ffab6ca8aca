import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { CursorQuery, IsFlag } from '#platform/http';
import type { AuditResult } from '../audit-row';

const RESULTS: readonly AuditResult[] = ['done', 'refused'];
export class AuditQuery extends CursorQuery {
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
  @IsFlag()
  instance: boolean = false;
}
