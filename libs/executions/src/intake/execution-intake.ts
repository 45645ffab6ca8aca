import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Batcher } from '#platform/batching';
import { Lifecycle } from '#platform/lifecycle';
import { Dispatcher } from '../dispatch/dispatcher';
import { Backlog } from './backlog';
import type { ExecutionStart, Started } from './execution-start';
import { ExecutionStore } from './execution-store';

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

  constructor(
    private readonly executions: ExecutionStore,
    private readonly dispatcher: Dispatcher,
    private readonly backlog: Backlog,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'execution intake', () => this.starts.settled());
  }

  /** @throws DomainError `too_many_requests` when more is queued than may be; `unavailable`. */
  async start(start: ExecutionStart): Promise<Started> {
    await this.requireRoom(start.organizationId);
    return this.starts.add(start);
  }

  /** @throws DomainError `too_many_requests` when more is queued than may be. */
  async requireRoom(organizationId: string): Promise<void> {
    if (this.starts.size >= MOST_WAITING || !(await this.backlog.hasRoom(organizationId))) {
      throw new DomainError('too_many_requests', 'Too many executions are waiting to be run', undefined, 5);
    }
  }

  private async store(starts: readonly ExecutionStart[]): Promise<Started[]> {
    const started = await this.executions.insert(starts);
    this.dispatcher.soon(new Set(starts.map(({ organizationId }) => organizationId)));
    return started;
  }
}
