import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { OrganizationPurges } from '#platform/queue';

/** Versions and triggers go with their pipelines. */
const TABLES = ['pipelines', 'pipeline_trigger_changes'];

/** Housekeeping of pipelines, for the worker process: those of deleted organizations go. */
@Module({})
export class PipelinesMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    for (const table of TABLES) {
      const remove = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove });
    }
  }
}
