import { BullModule } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { MAINTENANCE_QUEUE, MaintenanceTasks, MaintenanceWorker } from './maintenance';
import { OrganizationPurges } from './organization-purges';
import { QueueModule } from './queue.module';

/** For the worker process: runs the registered housekeeping. */
@Global()
@Module({
  imports: [QueueModule, BullModule.registerQueue({ name: MAINTENANCE_QUEUE })],
  providers: [MaintenanceTasks, MaintenanceWorker, OrganizationPurges],
  exports: [MaintenanceTasks, OrganizationPurges],
})
export class MaintenanceModule {}
