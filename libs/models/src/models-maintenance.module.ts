import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { OrganizationPurges } from '#platform/queue';

/** Housekeeping of models, for the worker process: those of deleted organizations go, and their versions with them. */
@Module({})
export class ModelsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    const remove = (id: string, limit: number) =>
      this.database.asSystem((manager) => deleteBatch(manager, 'models', id, limit));
    this.purges.register({ name: 'models', remove });
  }
}
