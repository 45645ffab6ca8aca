import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { Lifecycle } from '../lifecycle';
import { answers } from './answers';
import { WORKER_OPTIONS } from './queue.module';

export const MAINTENANCE_QUEUE = 'maintenance';

export interface MaintenanceTask {
  name: string;
  everyMinutes: number;
  run: () => Promise<void>;
}

/** Housekeeping that areas register in `onModuleInit`; one worker of all does each when it is due. */
@Injectable()
export class MaintenanceTasks {
  private readonly tasks = new Map<string, MaintenanceTask>();

  register(task: MaintenanceTask): void {
    if (this.tasks.has(task.name)) throw new Error(`maintenance task ${task.name} is registered twice`);
    this.tasks.set(task.name, task);
  }

  all(): MaintenanceTask[] {
    return [...this.tasks.values()];
  }

  /** @throws Error for a task nobody registered: its job fails instead of passing for done. */
  async run(name: string): Promise<void> {
    const task = this.tasks.get(name);
    if (!task) throw new Error(`no maintenance task ${name}`);
    await task.run();
  }
}

@Processor(MAINTENANCE_QUEUE, { ...WORKER_OPTIONS, concurrency: 1 })
export class MaintenanceWorker extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(MaintenanceWorker.name);
  private recovery: Promise<void> | undefined;
  private troubles = 0;

  constructor(
    private readonly tasks: MaintenanceTasks,
    @InjectQueue(MAINTENANCE_QUEUE) private readonly queue: Queue,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    // Without its Redis there is no work to wait for, and BullMQ would wait for ever.
    this.lifecycle.atShutdown('drain', 'maintenance', async () => this.worker.close(!(await answers(this.queue))));
    this.lifecycle.atShutdown('queues', 'maintenance queue', () => this.queue.close());
    const troubled = (error?: Error): void => this.recover(error?.message ?? 'the connection was closed');
    this.worker.on('error', troubled).on('ioredis:close', troubled);
    this.queue.on('error', troubled).on('ioredis:close', troubled);
    await this.schedule();
  }

  /** Schedules are made or changed to what the code says; those of tasks that are gone are removed. */
  private async schedule(): Promise<void> {
    const tasks = this.tasks.all();
    for (const { name, everyMinutes } of tasks) {
      await this.queue.upsertJobScheduler(name, { every: everyMinutes * 60_000 }, { name });
    }
    for (const { key } of await this.queue.getJobSchedulers()) {
      if (!tasks.some(({ name }) => name === key)) await this.queue.removeJobScheduler(key);
    }
  }

  /** What the queue is asked while Redis is away is answered when it is back: perhaps with nothing of what it held. */
  private recover(problem: string): void {
    this.troubles += 1;
    if (this.recovery || this.lifecycle.stopping) return;
    this.logger.warn(`the queue does not answer: ${problem}`);
    this.recovery = this.scheduleUndisturbed()
      .then(() => this.logger.log('the queue answers again'))
      .catch((failure: unknown) => this.logger.warn(`the schedules could not be made: ${String(failure)}`))
      .finally(() => (this.recovery = undefined));
  }

  /** A Redis that goes again in between takes the schedules made so far with it. */
  private async scheduleUndisturbed(): Promise<void> {
    let before: number;
    do {
      before = this.troubles;
      await this.schedule();
    } while (before !== this.troubles && !this.lifecycle.stopping);
  }

  async process(job: Job): Promise<void> {
    const started = Date.now();
    await this.tasks.run(job.name);
    this.logger.debug(`${job.name} took ${Date.now() - started} ms`);
  }
}
