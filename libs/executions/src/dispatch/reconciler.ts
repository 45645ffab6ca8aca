import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Dispatcher } from './dispatcher';
import { ExecutionQueue, type Ticket } from './execution-queue';

const EVERY_MS = 2_000;
/** A job that was rung for is claimed within some milliseconds; after so long its doorbell counts as lost. */
const UNHEARD_SECONDS = 10;
const MOST_AT_ONCE = 1_000;

const LOCK = 'reconciler of executions';

/**
 * The database is the truth, the queue a doorbell. Every two seconds one worker of all looks for what has no bell and no
 * hand: runs whose worker is gone, jobs that the queue has lost, rests whose time is over, and queued runs that could begin.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap {
  private readonly logger = new Logger(Reconciler.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly dispatcher: Dispatcher,
    private readonly queue: ExecutionQueue,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look());
    }, EVERY_MS);
    this.lifecycle.atShutdown('intake', 'reconciler', async () => {
      clearInterval(this.timer);
      await this.looking;
    });
  }

  private async look(): Promise<void> {
    try {
      const { unheard, organizations } = await this.find();
      if (unheard.length > 0) {
        this.logger.warn(`${unheard.length} executions are rung for again`);
        await this.queue.ring(unheard, true);
      }
      this.dispatcher.soon(organizations);
    } catch (error) {
      this.logger.warn(`the reconciler could not look: ${String(error)}`);
    }
  }

  private find(): Promise<{ unheard: Ticket[]; organizations: string[] }> {
    return this.database.asSystem(async (manager) => {
      const [lock] = await manager.query<{ mine: boolean }[]>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS mine`,
        [LOCK],
      );
      if (!lock!.mine) return { unheard: [], organizations: [] };
      const [orphans] = await manager.query<[unknown[], number]>(ORPHANS);
      if (orphans.length > 0) this.logger.warn(`${orphans.length} executions lost their worker and are taken up again`);
      await manager.query(RESTED);
      const [unheard] =
        await manager.query<[{ organization_id: string; id: string; fence: number }[], number]>(UNHEARD);
      const waiting = await manager.query<{ organization_id: string }[]>(WAITING);
      return {
        unheard: unheard.map(({ organization_id: organizationId, id, fence }) => ({ organizationId, id, fence })),
        organizations: waiting.map(({ organization_id: organizationId }) => organizationId),
      };
    });
  }
}

const ORPHANS = `
  UPDATE open_executions SET state = 'queued', priority = 0, worker = NULL, lease_until = NULL
  WHERE id IN (SELECT id FROM open_executions WHERE state = 'running' AND lease_until < now()
               LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING id`;

const RESTED = `
  UPDATE open_executions SET state = 'queued', priority = 0
  WHERE id IN (SELECT id FROM open_executions WHERE state = 'parked'
               AND due < now() - interval '2 seconds'
               LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED)`;

const UNHEARD = `
  UPDATE open_executions SET dispatched_at = now()
  WHERE id IN (SELECT id FROM open_executions
               WHERE state = 'dispatched' AND dispatched_at < now() - interval '${UNHEARD_SECONDS} seconds'
               LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED) RETURNING organization_id, id, fence`;

/** Index walk from organization to organization, however many rows each has. */
const WAITING = `
  WITH RECURSIVE waiting AS (
    (SELECT organization_id FROM open_executions WHERE state = 'queued' ORDER BY organization_id LIMIT 1)
    UNION ALL
    SELECT (SELECT organization_id FROM open_executions o WHERE state = 'queued' AND o.organization_id > w.organization_id
            ORDER BY organization_id LIMIT 1)
    FROM waiting w WHERE w.organization_id IS NOT NULL
  ) SELECT organization_id FROM waiting WHERE organization_id IS NOT NULL`;
