import { ApiProperty } from '@nestjs/swagger';

export class ExecutionCounts {
  queued!: number;
  running!: number;
  completed!: number;
  failed!: number;

  @ApiProperty({ name: 'completed_with_errors' })
  completed_with_errors!: number;

  cancelled!: number;
}

export class ExecutionDurations {
  /** Milliseconds within which half of the runs took place; null where none has. */
  p50!: number | null;
  p95!: number | null;
  p99!: number | null;
}

export class CurrentLoad {
  /** Waiting for their turn. */
  queued!: number;

  /** Being worked on. */
  running!: number;

  /** Begun, and waiting for a time or for a run that they called. */
  parked!: number;
}

export class ExecutionStatsView {
  /** Begin of what was counted: later than asked for where more runs than 200,000 were started; see `complete`. */
  from!: Date;

  to!: Date;

  /** Whether all runs of the time asked for were counted, and not the newest 200,000 alone. */
  complete!: boolean;

  /** Runs that were started in that time, by what they are now. */
  counts!: ExecutionCounts;

  /** Share of `completed` in those that ended by themselves, 0–1; null where none has. */
  successRate!: number | null;

  /** Runs started per second of that time. */
  runsPerSecond!: number;

  /** Of the runs that have ended, from the begin of the work to its end. */
  durationMs!: ExecutionDurations;

  /** At this moment, whenever they were started. */
  now!: CurrentLoad;
}
