import { Module, type OnModuleInit } from '@nestjs/common';
import { DashboardViews } from './views/dashboard-views';
import { Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';

/**
 * Housekeeping of dashboards, for the worker process: views that are over, and those of deleted organizations with their
 * dashboards and folders.
 */
@Module({ providers: [DashboardViews] })
export class DashboardsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
    private readonly tasks: MaintenanceTasks,
    private readonly views: DashboardViews,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'dashboards.views', everyMinutes: 60, run: () => this.views.expire() });
    const remove = (id: string, limit: number) =>
      this.database.asSystem(
        async (manager) =>
          (await deleteBatch(manager, 'dashboards', id, limit)) || deleteBatch(manager, 'dashboard_folders', id, limit),
      );
    this.purges.register({ name: 'dashboards', remove });
  }
}
