import { Module } from '@nestjs/common';
import { Reconciler } from './dispatch/reconciler';
import { Wakeups } from './dispatch/wakeups';
import { ExecutionsModule } from './executions.module';
import { HistoryWriter } from './history/history-writer';
import { RunEndWatchers } from './run-end-watchers';
import { RunFinisher } from './runs/run-finisher';
import { RunPlans } from './runs/run-plans';
import { RunStore } from './runs/run-store';
import { RunWorker } from './runs/run-worker';
import { WorkerServices } from './runs/worker-services';

/** The engine: for the worker process. */
@Module({
  imports: [ExecutionsModule],
  providers: [
    HistoryWriter,
    Reconciler,
    RunFinisher,
    RunPlans,
    RunStore,
    RunWorker,
    Wakeups,
    WorkerServices,
    { provide: RunEndWatchers, useValue: { startsAfter: () => Promise.resolve([]) } },
  ],
})
export class ExecutionsWorkerModule {}
