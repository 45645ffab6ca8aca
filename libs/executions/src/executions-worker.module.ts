import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { Reconciler } from './dispatch/reconciler';
import { Wakeups } from './dispatch/wakeups';
import { ExecutionsModule } from './executions.module';
import { HistoryWriter } from './history/history-writer';
import { HistoryBudget } from './retention/history-budget';
import { RunFinisher } from './runs/run-finisher';
import { RunPlans } from './runs/run-plans';
import { RunStore } from './runs/run-store';
import { RunWorker } from './runs/run-worker';
import { SchedulesModule } from './triggers/schedules/schedules.module';
import { WorkerServices } from './runs/worker-services';

/** The engine: for the worker process. */
@Module({
  imports: [ExecutionsModule, OrganizationsModule, SchedulesModule],
  providers: [
    HistoryBudget,
    HistoryWriter,
    Reconciler,
    RunFinisher,
    RunPlans,
    RunStore,
    RunWorker,
    Wakeups,
    WorkerServices,
  ],
})
export class ExecutionsWorkerModule {}
