import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import { WORKER_OPTIONS } from '#platform/queue';
import type { Job } from 'bullmq';
import {
  EXECUTION_QUEUE,
  ExecutionQueue,
  type ExecutionJob,
  type Ticket,
  type WakeJob,
} from '../dispatch/execution-queue';
import { RunHistory } from '../history/run-history';
import { HistoryWriter } from '../history/history-writer';
import { Dispatcher } from '../dispatch/dispatcher';
import { Wakeups } from '../dispatch/wakeups';
import { HistoryBudget } from '../retention/history-budget';
import type { ClaimedRun } from './claimed-run';
import { Room } from './room';
import { Run } from './run';
import type { RunEnd } from './run-ends';
import { RunFinisher } from './run-finisher';
import type { RunPlan } from './run-plan';
import { RunPlans } from './run-plans';
import { Signals } from '#platform/signals';
import { LEASE_SECONDS, RunStore } from './run-store';
import { WorkerServices } from './worker-services';

/** Jobs of one worker at the same time; each lasts as long as a claim does. */
const CONCURRENCY = 32;
/** Runs of one worker at the same time; most of them wait for something else than this process. */
const MOST_RUNS = 512;
const RENEW_MS = (LEASE_SECONDS * 1_000) / 3;
/** How old what history shows of a run that is under way may be. */
const FLUSH_MS = 2_000;
/** At the end of the process: what nodes are about to do is waited for this long. */
const GRACE_MS = 12_000;

interface Active {
  claimed: ClaimedRun;
  history: RunHistory;
  run: Run;
  /** What is written of its history while it works. */
  flushed?: Promise<void>;
}

/** Takes executions up and works on them until they end, rest or go elsewhere. */
@Injectable()
@Processor(EXECUTION_QUEUE, { ...WORKER_OPTIONS, concurrency: CONCURRENCY, maxStalledCount: 10 })
export class RunWorker extends WorkerHost implements OnApplicationBootstrap {
  private readonly logger = new Logger(RunWorker.name);
  private readonly name = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  private readonly active = new Map<string, Active>();
  private readonly room = new Room(MOST_RUNS);
  /** Everything between a claim and what becomes of it. */
  private readonly working = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly store: RunStore,
    private readonly plans: RunPlans,
    private readonly services: WorkerServices,
    private readonly finisher: RunFinisher,
    private readonly history: HistoryWriter,
    private readonly queue: ExecutionQueue,
    private readonly wakeups: Wakeups,
    private readonly dispatcher: Dispatcher,
    private readonly signals: Signals,
    private readonly budget: HistoryBudget,
    private readonly lifecycle: Lifecycle,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.lifecycle.atShutdown('intake', 'run worker', () => this.worker.pause(true));
    this.lifecycle.atShutdown('drain', 'runs', () => this.drain());
    this.worker.on('error', (error) => this.logger.debug(error.message));
    this.worker.on('failed', (_job, error) => this.logger.warn(`a job failed: ${error.message}`));
    this.signals.on('execution.cancel', (id) => this.active.get(id)?.run.cancel());
    this.timers.push(
      setInterval(() => void this.renew(), RENEW_MS),
      setInterval(() => void this.flush(), FLUSH_MS),
    );
  }

  async process(job: Job<ExecutionJob | WakeJob>): Promise<void> {
    if ('wake' in job.data) {
      const [organizationId, id, fence] = job.data.wake;
      return this.wakeups.wake({ organizationId, id, fence });
    }
    await Promise.all(job.data.tickets.map(([organizationId, id, fence]) => this.take({ organizationId, id, fence })));
  }

  /** The job is done with the claim: from then on the lease says who has the run. */
  private async take(ticket: Ticket): Promise<void> {
    await this.room.enter();
    const claimed = this.lifecycle.stopping ? undefined : await this.claim(ticket);
    if (!claimed) return this.room.leave();
    const work = this.work(claimed).finally(() => {
      this.working.delete(work);
      this.room.leave();
    });
    this.working.add(work);
  }

  private async claim(ticket: Ticket): Promise<ClaimedRun | undefined> {
    try {
      return await this.store.claim(ticket, this.name);
    } catch (error) {
      // The reconciler rings again.
      this.logger.warn(`${ticket.id} could not be claimed: ${String(error)}`);
      return undefined;
    }
  }

  private async work(claimed: ClaimedRun): Promise<void> {
    try {
      await this.workOn(claimed);
    } catch (error) {
      // Its lease runs out, and it is taken up again.
      this.logger.warn(`${claimed.id} is given up here: ${String(error)}`);
    } finally {
      this.active.delete(claimed.id);
    }
  }

  private async workOn(claimed: ClaimedRun): Promise<void> {
    const plan = await this.plan(claimed);
    if ('problem' in plan) return this.fail(claimed, plan.problem);
    const overBudget = await this.budget.isSpent(claimed.organizationId);
    const history = new RunHistory(claimed.historyDetail, plan.mayHoldSecrets, overBudget);
    const run = new Run(claimed, plan, this.services.for(claimed), history);
    this.active.set(claimed.id, { claimed, history, run });
    if (claimed.cancel) run.cancel();
    if (this.lifecycle.stopping) run.interrupt({ kind: 'released' });
    await this.leave(claimed, plan, run, history, await run.execute());
  }

  private async leave(claimed: ClaimedRun, plan: RunPlan, run: Run, history: RunHistory, end: RunEnd): Promise<void> {
    // What it cannot write is written by what follows.
    await this.active.get(claimed.id)?.flushed;
    switch (end.kind) {
      case 'ended': {
        const rows = await this.history.writeMost(claimed, history.take(true));
        const wanted = claimed.awaited || claimed.parentId !== null;
        const { status } = end;
        const error = end.error && { ...end.error, message: history.secrets.maskText(end.error.message) };
        const output = wanted ? run.lastOutput : undefined;
        await this.finisher.finish({
          ...claimed,
          status,
          error,
          output,
          notes: history.notes,
          rows,
          hasCheckpoints: plan.keepsResults,
        });
        return;
      }
      case 'parked':
        await this.history.write(claimed, history.takeForRest());
        await this.store.park(claimed, end.due, end.called);
        await this.queue.ringAt(claimed, end.due);
        // What it waits for may have ended by now, and put it back among those that are queued.
        this.dispatcher.soon([claimed.organizationId]);
        return;
      case 'released':
        await this.history.write(claimed, history.takeForRest());
        await this.store.release(claimed);
        this.dispatcher.soon([claimed.organizationId]);
        return;
      case 'lost':
    }
  }

  private async plan({
    organizationId,
    pipelineId,
    pipelineVersion,
  }: ClaimedRun): Promise<RunPlan | { problem: string }> {
    try {
      return await this.plans.of(organizationId, pipelineId, pipelineVersion);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not_found') return { problem: 'The pipeline was deleted' };
      if (error instanceof DomainError) throw error;
      return { problem: `The pipeline cannot be run: ${(error as Error).message}` };
    }
  }

  private async fail(claimed: ClaimedRun, message: string): Promise<void> {
    await this.finisher.finish({
      ...claimed,
      status: 'failed',
      error: { message },
      output: undefined,
      notes: null,
      rows: [],
      hasCheckpoints: true,
    });
  }

  /** Says that the runs are worked on. Those that are somebody else's by now are left at once. */
  private async renew(): Promise<void> {
    const held = [...this.active.values()];
    if (held.length === 0) return;
    try {
      const renewed = await this.store.renew(held.map(({ claimed }) => claimed));
      for (const { claimed, run } of held) {
        const lease = renewed.get(claimed.id);
        if (!lease) run.interrupt({ kind: 'lost' }, true);
        else if (lease.cancel) run.cancel();
      }
    } catch (error) {
      this.logger.warn(`leases could not be renewed: ${String(error)}`);
    }
  }

  private async flush(): Promise<void> {
    for (const active of this.active.values()) {
      const { claimed, history } = active;
      active.flushed = this.history
        .flush(claimed, history)
        .catch((error: unknown) => this.logger.warn(`history of ${claimed.id} is written later: ${String(error)}`));
      await active.flushed;
    }
  }

  /** Nodes that work are given the time to end; what is left of the runs goes on elsewhere. */
  private async drain(): Promise<void> {
    for (const { run } of this.active.values()) run.interrupt({ kind: 'released' });
    const late = setTimeout(() => {
      for (const { run } of this.active.values()) run.interrupt({ kind: 'released' }, true);
    }, GRACE_MS);
    while (this.working.size > 0) await Promise.all(this.working);
    clearTimeout(late);
    for (const timer of this.timers) clearInterval(timer);
    await this.worker.close(!(await this.queue.answers()));
  }
}
