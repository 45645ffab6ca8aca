import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle';
import { answers } from '#platform/queue';
import type { Queue } from 'bullmq';

export const EXECUTION_QUEUE = 'executions';

/** One execution that is to be claimed: with another fence it has been claimed meanwhile. */
export interface Ticket {
  organizationId: string;
  id: string;
  fence: number;
}

/** What a job holds: where to look, never what is in it. */
export interface ExecutionJob {
  tickets: [organizationId: string, id: string, fence: number][];
}

export interface WakeJob {
  wake: [organizationId: string, id: string, fence: number];
}

/** Jobs take the queue longer than most runs take us: what is dispatched together travels together. */
export const TICKETS_A_JOB = 8;

/**
 * The doorbell. A job that is lost, doubled or late does no harm: rows in the database decide what runs, and the
 * reconciler rings again.
 */
@Injectable()
export class ExecutionQueue implements OnModuleInit {
  private readonly logger = new Logger(ExecutionQueue.name);

  constructor(
    @InjectQueue(EXECUTION_QUEUE) private readonly queue: Queue<ExecutionJob | WakeJob>,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.queue.on('error', (error) => this.logger.debug(error.message));
    this.lifecycle.atShutdown('queues', 'executions queue', () => this.queue.close());
  }

  /** Whether its server is there. */
  answers(): Promise<boolean> {
    return answers(this.queue);
  }

  /**
   * `again` for those that nobody has claimed: the first job may still be there, held by a worker that died with it, and the
   * queue takes no second one of the same id. So there are at most two for each ticket.
   * @throws Error when the queue does not answer.
   */
  async ring(tickets: readonly Ticket[], again = false): Promise<void> {
    const size = Math.max(1, Math.min(TICKETS_A_JOB, Math.ceil(tickets.length / 2)));
    const jobs = Array.from({ length: Math.ceil(tickets.length / size) }, (_, index) =>
      tickets.slice(index * size, (index + 1) * size),
    );
    // Not `addBulk`: on PostgreSQL it makes temporary tables with every call, and needs the right to make sequences.
    await Promise.all(jobs.map((some) => this.add(some, again)));
  }

  /** Rings when the time has come. @throws Error when the queue does not answer. */
  async ringAt({ organizationId, id, fence }: Ticket, due: Date): Promise<void> {
    const delay = Math.max(0, due.getTime() - Date.now());
    const opts = { jobId: `${id}.${fence}.wake`, delay, removeOnComplete: true, removeOnFail: true };
    await this.queue.add('wake', { wake: [organizationId, id, fence] }, opts);
  }

  private async add(tickets: readonly Ticket[], again: boolean): Promise<void> {
    const { id, fence } = tickets[0]!;
    const data: ExecutionJob = { tickets: tickets.map((ticket) => [ticket.organizationId, ticket.id, ticket.fence]) };
    await this.queue.add('run', data, {
      jobId: `${id}.${fence}${again ? '.again' : ''}`,
      removeOnComplete: true,
      removeOnFail: true,
    });
  }
}
