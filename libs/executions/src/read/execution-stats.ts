import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { ExecutionStatsView } from './execution-stats.dto';

/** Runs that one answer is counted from, the newest of its time. */
export const MOST_COUNTED = 200_000;

interface StatsRow {
  seen: number;
  oldest: Date | null;
  waiting: number;
  begun: number;
  completed: number;
  failed: number;
  completed_with_errors: number;
  cancelled: number;
  durations: (number | null)[] | null;
  now_queued: number;
  now_running: number;
  now_parked: number;
}

export interface StatsFilter {
  pipelineId: string | undefined;
  from: Date;
  to: Date;
}

/** Figures of runs, in one statement that reads a bounded number of rows. */
@Injectable()
export class ExecutionStats {
  constructor(private readonly database: Database) {}

  async of(organizationId: string, { pipelineId, from, to }: StatsFilter): Promise<ExecutionStatsView> {
    const ofPipeline = pipelineId === undefined ? '' : 'AND pipeline_id = $4';
    const parameters = [organizationId, from, to, ...(pipelineId === undefined ? [] : [pipelineId])];
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<StatsRow[]>(statsQuery(ofPipeline), parameters),
    );
    return toView(row!, from, to);
  }
}

function toView(row: StatsRow, asked: Date, to: Date): ExecutionStatsView {
  const complete = row.seen <= MOST_COUNTED;
  const from = complete ? asked : row.oldest!;
  const ended = row.completed + row.failed + row.completed_with_errors;
  const seconds = (to.getTime() - from.getTime()) / 1_000;
  const [p50 = null, p95 = null, p99 = null] = row.durations ?? [];
  return {
    from,
    to,
    complete,
    counts: {
      queued: row.waiting,
      running: row.begun,
      completed: row.completed,
      failed: row.failed,
      completed_with_errors: row.completed_with_errors,
      cancelled: row.cancelled,
    },
    successRate: ended > 0 ? row.completed / ended : null,
    runsPerSecond: seconds > 0 ? Math.min(row.seen, MOST_COUNTED) / seconds : 0,
    durationMs: { p50, p95, p99 },
    now: { queued: row.now_queued, running: row.now_running, parked: row.now_parked },
  };
}

const ended = (status: string): string => `count(*) FILTER (WHERE status = '${status}')::int AS ${status}`;

const statsQuery = (ofPipeline: string): string => `
  WITH ran AS MATERIALIZED (
    SELECT id, status, created_at, extract(epoch FROM finished_at - started_at) * 1000 AS duration FROM executions
    WHERE organization_id = $1 AND created_at >= $2 AND created_at < $3 ${ofPipeline}
    ORDER BY created_at DESC, id DESC LIMIT ${MOST_COUNTED + 1}
  ), counted AS (
    SELECT count(*)::int AS seen, min(created_at) AS oldest,
      ${['completed', 'failed', 'completed_with_errors', 'cancelled'].map(ended).join(', ')},
      percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration::float8) AS durations
    FROM ran
  ), open AS (
    SELECT count(*) FILTER (WHERE started_at IS NULL AND created_at >= $2 AND created_at < $3)::int AS waiting,
      count(*) FILTER (WHERE started_at IS NOT NULL AND created_at >= $2 AND created_at < $3)::int AS begun,
      count(*) FILTER (WHERE state IN ('queued', 'dispatched'))::int AS now_queued,
      count(*) FILTER (WHERE state = 'running')::int AS now_running,
      count(*) FILTER (WHERE state = 'parked')::int AS now_parked
    FROM open_executions WHERE organization_id = $1 ${ofPipeline}
  ) SELECT * FROM counted, open`;
