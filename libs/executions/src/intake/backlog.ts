import { Injectable } from '@nestjs/common';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';

/** Executions of one organization that may wait to be run: more are refused, and whoever starts them tries again. */
export const MOST_QUEUED = 100_000;
const MOST_CACHED = 10_000;
/** A count may be so old, and the bound exceeded by what came meanwhile. */
const FRESH_MS = 1_000;

/** What waits to be run. */
@Injectable()
export class Backlog {
  private readonly queued = new BriefCache<number>(MOST_CACHED, FRESH_MS);

  constructor(private readonly database: Database) {}

  /** Whether the organization may queue more. */
  async hasRoom(organizationId: string): Promise<boolean> {
    return (await this.queued.get(organizationId, () => this.count(organizationId))) < MOST_QUEUED;
  }

  private count(organizationId: string): Promise<number> {
    return this.database.joining(organizationId, async (manager) => {
      const [row] = await manager.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM (SELECT FROM open_executions
         WHERE organization_id = $1 AND state = 'queued' LIMIT ${MOST_QUEUED}) AS waiting`,
        [organizationId],
      );
      return row!.count;
    });
  }
}
