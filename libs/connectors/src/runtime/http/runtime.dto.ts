import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { CursorQuery } from '#platform/http';
import { CONNECTION_STATES, type ConnectionState } from '../connection-state';

export class SubscriptionView {
  /** Id of the subscribing function. */
  functionId!: string;

  /** Whether messages flow. */
  active!: boolean;

  /** Why they do not. */
  reason!: string | null;
}

export class RuntimeView {
  connectionId!: string;

  @ApiProperty({ enum: CONNECTION_STATES })
  status!: ConnectionState;

  /** What is wrong, for people; null where nothing is. */
  reason!: string | null;

  /** Since when it has this status. */
  since!: Date;

  /** When it became connected the last time. */
  connectedAt!: Date | null;

  /** Attempts in a row that failed. */
  attempts!: number;

  /** When it is tried again. */
  nextAttemptAt!: Date | null;

  /** Functions that bring messages to enabled pipelines. */
  @ApiProperty({ type: () => [SubscriptionView] })
  subscriptions!: SubscriptionView[];
}

export class MetricsQuery {
  /** Minutes to look back; figures are kept for a day. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(5)
  @Max(1_440)
  minutes: number = 60;
}

export class MetricsStretch {
  /** Begin of the five minutes. */
  from!: Date;

  calls!: number;

  errors!: number;

  /** Brought by subscriptions, and kept. */
  messages!: number;

  /** Let go: they came faster than they were kept, or could not be read. */
  dropped!: number;
}

export class MetricsView {
  from!: Date;

  to!: Date;

  /** Calls of functions. */
  calls!: number;

  /** Calls that failed. */
  errors!: number;

  /** Brought by subscriptions, and kept. */
  messages!: number;

  /** Let go: they came faster than they were kept, or could not be read. */
  dropped!: number;

  /** Answers and messages as JSON. */
  bytesIn!: number;

  /** Functions' configs with their parameters, as JSON. */
  bytesOut!: number;

  /** Milliseconds within which half of the calls were answered; null without calls. */
  p50Ms!: number | null;

  p99Ms!: number | null;

  /** By five minutes, the oldest first; those in which nothing happened are left out. */
  @ApiProperty({ type: () => [MetricsStretch] })
  series!: MetricsStretch[];
}

export class StateHistoryQuery extends CursorQuery {
  /** Changes of this connection alone. */
  @IsOptional()
  @IsUUID()
  connectionId?: string;

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

export class StateChangeView {
  id!: string;

  at!: Date;

  connectionId!: string;

  /** As it was called then. */
  connectionName!: string;

  @ApiProperty({ enum: CONNECTION_STATES })
  from!: ConnectionState;

  @ApiProperty({ enum: CONNECTION_STATES })
  to!: ConnectionState;

  /** Why, for people. */
  reason!: string | null;
}

export class HealthSummaryView {
  /** Connections that are there. */
  total!: number;

  /** Those that are connected now. */
  connected!: number;

  /** Those that are to run and are not connected. */
  issues!: number;

  /** Times in the last 24 hours at which a connection was lost or refused. */
  failures24h!: number;

  stateChanges24h!: number;

  /** Connections by their status now. */
  @ApiProperty({ type: Object, example: { connected: 3, idle: 1 } })
  byStatus!: Record<string, number>;
}
