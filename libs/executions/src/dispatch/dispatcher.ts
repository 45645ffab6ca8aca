import { Injectable, Logger } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { Batcher } from '#platform/batching';
import { Database, prepared } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { ExecutionQueue, type Ticket } from './execution-queue';

/**
 * Decides which queued executions run next: those of one organization by their rank and age, as many as it and their
 * pipelines may have at the same time. No organization has more jobs in the queue than it may have runs, so that the
 * thousands that one of them starts stand before nobody else's.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly wanted = new Batcher<string, void>({ most: 1_000, work: (ids) => this.dispatchAll(ids) });

  constructor(
    private readonly database: Database,
    private readonly settings: OrganizationSettings,
    private readonly queue: ExecutionQueue,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'dispatcher', () => this.wanted.settled());
  }

  /** After something was queued or has ended. What fails here is done by the reconciler. */
  soon(organizationIds: Iterable<string>): void {
    for (const id of organizationIds) {
      this.wanted.add(id).catch((error: unknown) => this.logger.warn(`not dispatched: ${String(error)}`));
    }
  }

  private async dispatchAll(organizationIds: readonly string[]): Promise<void[]> {
    const tickets: Ticket[] = [];
    for (const id of new Set(organizationIds)) tickets.push(...(await this.take(id)));
    if (tickets.length > 0) await this.queue.ring(tickets);
    return organizationIds.map(() => undefined);
  }

  private async take(organizationId: string): Promise<Ticket[]> {
    const { executions, active } = await this.settings.of(organizationId);
    // Those of a suspended organization stay queued until it is active again.
    if (!active) return [];
    return this.database.inOrganization(organizationId, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`dispatch ${organizationId}`]);
      const parameters = [organizationId, executions.maxConcurrent];
      const rows = await prepared<{ id: string; fence: number }>(manager, TAKE, parameters);
      return rows.map((row) => ({ organizationId, ...row }));
    });
  }
}

/*
 * Steps from pipeline to pipeline that has something queued (a recursive index walk, since there may be a hundred
 * thousand rows of one), takes of each as many as it has room for, and of all of them the first. What is parked takes no
 * room of its organization, but is one of its pipeline's runs.
 */
const TAKE = {
  name: 'executions.take',
  text: `
  WITH RECURSIVE waiting AS (
    (SELECT pipeline_id FROM open_executions WHERE organization_id = $1 AND state = 'queued'
     ORDER BY pipeline_id LIMIT 1)
    UNION ALL
    SELECT (SELECT pipeline_id FROM open_executions o WHERE organization_id = $1 AND state = 'queued'
            AND o.pipeline_id > w.pipeline_id ORDER BY pipeline_id LIMIT 1)
    FROM waiting w WHERE w.pipeline_id IS NOT NULL
  ), active AS (
    SELECT pipeline_id, count(*) AS count, count(*) FILTER (WHERE state <> 'parked') AS working FROM open_executions
    WHERE organization_id = $1 AND state IN ('dispatched', 'running', 'parked') GROUP BY pipeline_id
  ), room AS (
    SELECT greatest(0, $2 - coalesce(sum(working), 0)) AS free FROM active
  ), chosen AS (
    SELECT next.id FROM waiting w
    LEFT JOIN active a USING (pipeline_id)
    CROSS JOIN room
    CROSS JOIN LATERAL (
      SELECT id, priority, created_at,
             row_number() OVER (ORDER BY priority, created_at, id) AS place, pipeline_limit
      FROM (SELECT * FROM open_executions o
            WHERE o.organization_id = $1 AND o.pipeline_id = w.pipeline_id AND o.state = 'queued'
            ORDER BY priority, created_at, id LIMIT (SELECT free FROM room)) oldest
    ) next
    WHERE w.pipeline_id IS NOT NULL
      AND (next.pipeline_limit IS NULL OR next.place + coalesce(a.count, 0) <= next.pipeline_limit)
    ORDER BY next.priority, next.created_at, next.id LIMIT (SELECT free FROM room)
  )
  UPDATE open_executions o SET state = 'dispatched', dispatched_at = now()
  FROM chosen WHERE o.id = chosen.id AND o.organization_id = $1 RETURNING o.id, o.fence`,
};
