import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { OrganizationPurges } from '#platform/queue';

/** Housekeeping of dashboards, for the worker process: those of deleted organizations go, and their folders after them. */
@Module({})
export class DashboardsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    const remove = (id: string, limit: number) =>
      this.database.asSystem(
        async (manager) =>
          (await deleteBatch(manager, 'dashboards', id, limit)) || deleteBatch(manager, 'dashboard_folders', id, limit),
      );
    this.purges.register({ name: 'dashboards', remove });
  }
}
