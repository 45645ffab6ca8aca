import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle';
import type { PipelineTrigger } from '#pipelines';
import type { JobSchedulerJson, Queue } from 'bullmq';
import { TriggerBook } from '../trigger-book';
import { latestTick, readSchedule } from './schedule';
import { SCHEDULE_QUEUE, schedulerId, TICK_OPTIONS, type ScheduleJob } from './schedule-queue';
import { ScheduleTicks } from './schedule-ticks';

/** How long the queue may say something else than the triggers, where it has lost them. */
const EVERY_MS = 30_000;

/**
 * Keeps the schedules in the queue as the triggers say. Every worker does it for itself: what is there already is left
 * alone, so that they do not get in each other's way.
 */
@Injectable()
export class Schedules implements OnApplicationBootstrap {
  private readonly logger = new Logger(Schedules.name);
  private readonly wanted = new Map<string, ScheduleJob>();
  private readonly byOrganization = new Map<string, readonly string[]>();
  private readonly changed = new Set<string>();
  /** Those that this worker has seen in the queue. */
  private placed = new Set<string>();
  /** Those in the queue that are not wanted here: perhaps another worker is ahead. */
  private strange = new Set<string>();
  private working: Promise<void> = Promise.resolve();
  private started = false;
  private reconciling = false;

  constructor(
    @InjectQueue(SCHEDULE_QUEUE) private readonly queue: Queue<ScheduleJob>,
    private readonly ticks: ScheduleTicks,
    private readonly lifecycle: Lifecycle,
    book: TriggerBook,
  ) {
    book.listen((organizationId, triggers) => this.replace(organizationId, triggers));
  }

  onApplicationBootstrap(): void {
    // What is asked while the server is away is answered when it is back, perhaps with nothing of what it held.
    this.queue.on('error', () => this.reconcileSoon()).on('ioredis:close', () => this.reconcileSoon());
    this.started = true;
    this.reconcileSoon();
    const timer = setInterval(() => this.reconcileSoon(), EVERY_MS);
    this.lifecycle.atShutdown('intake', 'reconciler of schedules', () => clearInterval(timer));
    this.lifecycle.atShutdown('queues', 'schedules queue', () => this.queue.close());
  }

  private reconcileSoon(): void {
    if (this.reconciling || this.lifecycle.stopping) return;
    this.reconciling = true;
    this.soon(() => this.reconcile().finally(() => (this.reconciling = false)));
  }

  private replace(organizationId: string, triggers: readonly PipelineTrigger[]): void {
    const jobs = triggers
      .filter(({ type }) => type === 'trigger.schedule')
      .map(({ pipelineId, nodeId, parameters }) => ({
        organizationId,
        pipelineId,
        nodeId,
        ...readSchedule(parameters),
      }));
    for (const id of this.byOrganization.get(organizationId) ?? []) {
      this.wanted.delete(id);
      this.changed.add(id);
    }
    for (const job of jobs) {
      this.wanted.set(schedulerId(job), job);
      this.changed.add(schedulerId(job));
    }
    if (jobs.length > 0) this.byOrganization.set(organizationId, jobs.map(schedulerId));
    else this.byOrganization.delete(organizationId);
    if (this.started && this.changed.size > 0) this.soon(() => this.applyChanges());
  }

  /** One after the other; without its server the queue answers when it is back. */
  private soon(work: () => Promise<void>): void {
    this.working = this.working.then(work).catch((error: unknown) => {
      if (!this.lifecycle.stopping) this.logger.warn(`the schedules are not all in the queue: ${String(error)}`);
    });
  }

  private async applyChanges(): Promise<void> {
    const ids = [...this.changed];
    this.changed.clear();
    for (const id of ids) {
      const job = this.wanted.get(id);
      if (job) await this.place(id, job, await this.queue.getJobScheduler(id));
      else await this.remove(id);
    }
  }

  private async reconcile(): Promise<void> {
    this.changed.clear();
    const wanted = new Map(this.wanted);
    const there = new Map((await this.queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
    for (const [id, job] of wanted) {
      const lost = this.placed.has(id) && !there.has(id);
      await this.place(id, job, there.get(id));
      const latest = lost ? latestTick(job, Date.now()) : undefined;
      if (latest !== undefined) await this.ticks.tick(job, latest);
    }
    const strange = [...there.keys()].filter((id) => !wanted.has(id));
    for (const id of strange.filter((one) => this.strange.has(one))) await this.remove(id);
    this.strange = new Set(strange);
    this.placed = new Set(wanted.keys());
  }

  /** What says the same already is left alone: made anew, it might miss the time that is just coming. */
  private async place(id: string, job: ScheduleJob, there: JobSchedulerJson<ScheduleJob> | undefined): Promise<void> {
    const { pattern, timezone: tz } = job;
    if (there?.pattern !== pattern || there.tz !== tz) {
      const template = { name: 'tick', data: job, opts: TICK_OPTIONS };
      await this.queue.upsertJobScheduler(id, { pattern, tz }, template).catch((error: unknown) => {
        // One that never comes must not keep the others from coming.
        this.logger.warn(`pipeline ${job.pipelineId} is not scheduled: ${String(error)}`);
      });
    }
    this.placed.add(id);
  }

  private async remove(id: string): Promise<void> {
    await this.queue.removeJobScheduler(id);
    this.placed.delete(id);
  }
}
