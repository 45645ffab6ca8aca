import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Batcher } from '#platform/batching';
import { Database } from '#platform/database';
import { BriefCache } from '#platform/cache';
import { Lifecycle } from '#platform/lifecycle';
import { Dispatcher } from '../dispatch/dispatcher';
import type { ExecutionStart, Started } from './execution-start';
import { ExecutionStore } from './execution-store';

/** Executions of one organization that may wait to be run: more are refused, and whoever starts them tries again. */
export const MOST_QUEUED = 100_000;
/** Starts of one process that wait to be stored. */
const MOST_WAITING = 20_000;

/**
 * Where executions begin, however they are started. A start that was answered is on disk: the row is also the outbox of
 * the queue, so that nothing is queued that is not stored, and nothing stored that is not run.
 */
@Injectable()
export class ExecutionIntake {
  private readonly starts = new Batcher<ExecutionStart, Started>({
    most: 500,
    writers: 2,
    work: (starts) => this.store(starts),
  });
  private readonly queued = new BriefCache<number>(10_000, 1_000);

  constructor(
    private readonly executions: ExecutionStore,
    private readonly dispatcher: Dispatcher,
    private readonly database: Database,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'execution intake', () => this.starts.settled());
  }

  /** @throws DomainError `too_many_requests` when more is queued than may be; `unavailable`. */
  async start(start: ExecutionStart): Promise<Started> {
    await this.requireRoom(start.organizationId);
    return this.starts.add(start);
  }

  /** Whether the organization may queue more. */
  async hasRoom(organizationId: string): Promise<boolean> {
    return (await this.countQueued(organizationId)) < MOST_QUEUED;
  }

  private async requireRoom(organizationId: string): Promise<void> {
    if (this.starts.size >= MOST_WAITING || !(await this.hasRoom(organizationId))) {
      throw new DomainError('too_many_requests', 'Too many executions are waiting to be run', undefined, 5);
    }
  }

  private countQueued(organizationId: string): Promise<number> {
    return this.queued.get(organizationId, () =>
      this.database.joining(organizationId, async (manager) => {
        const [row] = await manager.query<{ count: number }[]>(
          `SELECT count(*)::int AS count FROM (SELECT FROM open_executions
           WHERE organization_id = $1 AND state = 'queued' LIMIT ${MOST_QUEUED}) AS waiting`,
          [organizationId],
        );
        return row!.count;
      }),
    );
  }

  private async store(starts: readonly ExecutionStart[]): Promise<Started[]> {
    const started = await this.executions.insert(starts);
    this.dispatcher.soon(new Set(starts.map(({ organizationId }) => organizationId)));
    return started;
  }
}
