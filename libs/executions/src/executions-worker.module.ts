import { Module } from '@nestjs/common';
import { ConnectorsModule } from '#connectors';
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
import { ConnectionTriggerIndex } from './triggers/connections/connection-trigger-index';
import { ConnectionTriggers } from './triggers/connections/connection-triggers';
import { SchedulesModule } from './triggers/schedules/schedules.module';
import { WorkerServices } from './runs/worker-services';

/** The engine: for the worker process. */
@Module({
  imports: [ConnectorsModule, ExecutionsModule, OrganizationsModule, SchedulesModule],
  providers: [
    ConnectionTriggerIndex,
    ConnectionTriggers,
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
