import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { PipelinesModule } from '#pipelines';
import { QueueModule } from '#platform/queue';
import { Dispatcher } from './dispatch/dispatcher';
import { EXECUTION_QUEUE, ExecutionQueue } from './dispatch/execution-queue';
import { ExecutionIntake } from './intake/execution-intake';
import { ExecutionStore } from './intake/execution-store';
import { ExecutionsRepository } from './executions.repository';
import { Cancellation } from './runs/cancellation';
import { RunSignals } from './runs/run-signals';
import { SealedJson } from './sealed-json';
import { Waiting } from './start/waiting';

/** Starting, ending and waiting for executions, for every process. */
@Module({
  imports: [QueueModule, BullModule.registerQueue({ name: EXECUTION_QUEUE }), OrganizationsModule, PipelinesModule],
  providers: [
    Cancellation,
    Dispatcher,
    ExecutionIntake,
    ExecutionQueue,
    ExecutionsRepository,
    ExecutionStore,
    RunSignals,
    SealedJson,
    Waiting,
  ],
  exports: [
    Cancellation,
    Dispatcher,
    ExecutionIntake,
    ExecutionQueue,
    ExecutionsRepository,
    ExecutionStore,
    PipelinesModule,
    RunSignals,
    SealedJson,
    Waiting,
  ],
})
export class ExecutionsModule {}
