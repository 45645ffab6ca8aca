import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { PipelinesModule } from '#pipelines';
import { QueueModule } from '#platform/queue';
import { UnsModule } from '#uns';
import { Dispatcher } from './dispatch/dispatcher';
import { EXECUTION_QUEUE, ExecutionQueue } from './dispatch/execution-queue';
import { Backlog } from './intake/backlog';
import { ExecutionIntake } from './intake/execution-intake';
import { ExecutionStore } from './intake/execution-store';
import { ExecutionsRepository } from './executions.repository';
import { RunEndWatchers } from './run-end-watchers';
import { Cancellation } from './runs/cancellation';
import { SealedJson } from './sealed-json';
import { Waiting } from './start/waiting';
import { EventTriggers } from './triggers/events/event-triggers';
import { TriggerBook } from './triggers/trigger-book';
import { TriggerCounts } from './triggers/trigger-counts';
import { TriggerStarts } from './triggers/trigger-starts';
import { TriggerStates } from './triggers/trigger-states';
import { UnsTriggerIndex } from './triggers/uns/uns-trigger-index';
import { UnsTriggers } from './triggers/uns/uns-triggers';

/** Starting, ending and waiting for executions, for every process. */
@Module({
  imports: [
    QueueModule,
    BullModule.registerQueue({ name: EXECUTION_QUEUE }),
    OrganizationsModule,
    PipelinesModule,
    UnsModule,
  ],
  providers: [
    Backlog,
    Cancellation,
    Dispatcher,
    ExecutionIntake,
    ExecutionQueue,
    ExecutionsRepository,
    ExecutionStore,
    SealedJson,
    TriggerBook,
    TriggerCounts,
    TriggerStarts,
    TriggerStates,
    UnsTriggerIndex,
    UnsTriggers,
    Waiting,
    { provide: RunEndWatchers, useClass: EventTriggers },
  ],
  exports: [
    Backlog,
    Cancellation,
    Dispatcher,
    ExecutionIntake,
    ExecutionQueue,
    ExecutionsRepository,
    ExecutionStore,
    PipelinesModule,
    RunEndWatchers,
    SealedJson,
    TriggerBook,
    TriggerCounts,
    TriggerStarts,
    TriggerStates,
    Waiting,
  ],
})
export class ExecutionsModule {}
