import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle';
import { answers, WORKER_OPTIONS } from '#platform/queue';
import type { Job, Queue } from 'bullmq';
import { dueTimeOf, SCHEDULE_QUEUE, SCHEDULE_SETTINGS, type ScheduleJob } from './schedule-queue';
import { ScheduleTicks } from './schedule-ticks';

const CONCURRENCY = 16;

/** Hears from the queue whose time has come. */
@Injectable()
@Processor(SCHEDULE_QUEUE, { ...WORKER_OPTIONS, concurrency: CONCURRENCY, settings: SCHEDULE_SETTINGS })
export class ScheduleWorker extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(ScheduleWorker.name);
  private readonly ticking = new Set<Promise<void>>();

  constructor(
    private readonly ticks: ScheduleTicks,
    @InjectQueue(SCHEDULE_QUEUE) private readonly queue: Queue<ScheduleJob>,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.worker.on('error', (error) => this.logger.debug(error.message));
    this.worker.on('failed', (job, error) => this.logger.warn(`schedule ${job?.id ?? ''}: ${error.message}`));
    this.lifecycle.atShutdown('intake', 'schedules', () => this.worker.pause(true));
    this.lifecycle.atShutdown('drain', 'schedules', async () => {
      await Promise.allSettled(this.ticking);
      await this.worker.close(!(await answers(this.queue)));
    });
  }

  async process(job: Job<ScheduleJob>): Promise<void> {
    const tick = this.ticks.tick(job.data, dueTimeOf(job.id!));
    this.ticking.add(tick);
    await tick.finally(() => this.ticking.delete(tick));
  }
}
