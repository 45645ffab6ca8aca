import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { OrganizationPurges } from '#platform/queue';

/** References go with the entities that make them. */
const TABLES = ['dependency_changes', 'dependency_entities', 'dependency_graphs'];

/** Housekeeping of graphs, for the worker process: those of deleted organizations go. */
@Module({})
export class DependenciesMaintenanceModule implements OnModuleInit {
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
