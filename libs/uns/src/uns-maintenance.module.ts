import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner } from '#platform/database';
import { MaintenanceTasks } from '#platform/queue';
import { ensurePartitions } from './partitions';

/** Housekeeping of the namespace, for the worker process. */
@Module({})
export class UnsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const run = () => asOwner(this.config, ensurePartitions);
    this.tasks.register({ name: 'uns.partitions', everyMinutes: 60, run });
  }
}
