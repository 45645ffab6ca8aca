import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { QueueModule } from '#platform/queue';
import { ExecutionsModule } from '../../executions.module';
import { SCHEDULE_QUEUE, SCHEDULE_SETTINGS } from './schedule-queue';
import { ScheduleTicks } from './schedule-ticks';
import { ScheduleWorker } from './schedule-worker';
import { Schedules } from './schedules';

/** Points of time that start pipelines; for the worker process. */
@Module({
  imports: [
    QueueModule,
    BullModule.registerQueue({ name: SCHEDULE_QUEUE, settings: SCHEDULE_SETTINGS }),
    ExecutionsModule,
  ],
  providers: [Schedules, ScheduleTicks, ScheduleWorker],
})
export class SchedulesModule {}
