import { Module, type OnModuleInit } from '@nestjs/common';
import { MaintenanceTasks } from '#platform/queue';
import { OrganizationPurger } from './organization-purger';

/** Housekeeping of organizations, for the worker process: what deleted ones have left behind is removed. */
@Module({ providers: [OrganizationPurger], exports: [OrganizationPurger] })
export class OrganizationsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purger: OrganizationPurger,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'organizations.purge', everyMinutes: 1, run: () => this.purger.run() });
  }
}
