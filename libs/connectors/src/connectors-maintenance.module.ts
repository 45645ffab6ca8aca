import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { OrganizationPurges } from '#platform/queue';

/** Housekeeping for the worker process: connections of deleted organizations go, and their functions with them. */
@Module({})
export class ConnectorsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    const remove = (id: string, limit: number) =>
      this.database.asSystem((manager) => deleteBatch(manager, 'connections', id, limit));
    this.purges.register({ name: 'connections', remove });
  }
}
