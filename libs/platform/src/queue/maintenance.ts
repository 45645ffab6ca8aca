import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Queue } from 'bullmq';
import { Lifecycle } from '../lifecycle';

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

@Processor(MAINTENANCE_QUEUE, { concurrency: 1 })
export class MaintenanceWorker extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(MaintenanceWorker.name);

  constructor(
    private readonly tasks: MaintenanceTasks,
    @InjectQueue(MAINTENANCE_QUEUE) private readonly queue: Queue,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
  }

  /** Schedules are made or changed to what the code says; those of tasks that are gone are removed. */
  async onApplicationBootstrap(): Promise<void> {
    this.lifecycle.atShutdown('drain', 'maintenance', () => this.worker.close());
    this.lifecycle.atShutdown('queues', 'maintenance queue', () => this.queue.close());
    const tasks = this.tasks.all();
    for (const { name, everyMinutes } of tasks) {
      await this.queue.upsertJobScheduler(name, { every: everyMinutes * 60_000 }, { name });
    }
    for (const { key } of await this.queue.getJobSchedulers()) {
      if (!tasks.some(({ name }) => name === key)) await this.queue.removeJobScheduler(key);
    }
  }

  async process(job: Job): Promise<void> {
    const started = Date.now();
    await this.tasks.run(job.name);
    this.logger.debug(`${job.name} took ${Date.now() - started} ms`);
  }
}
