import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner, Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { removeNamespace } from './organization-purge';
import { removeOldQuarantine } from './quarantine/quarantine-retention';
import { ensurePartitions } from './history/partitions';

/** Housekeeping of the namespace, for the worker process. */
@Module({})
export class UnsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    const run = () => asOwner(this.config, ensurePartitions);
    this.tasks.register({ name: 'uns.partitions', everyMinutes: 60, run });
    const removeOld = () => removeOldQuarantine(this.database);
    this.tasks.register({ name: 'uns.quarantine', everyMinutes: 60, run: removeOld });
    for (const table of ['uns_quarantine', 'uns_schema_bindings']) {
      const removeRows = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove: removeRows });
    }
    const remove = (id: string, limit: number) => removeNamespace(this.database, id, limit);
    this.purges.register({ name: 'uns.topics', remove });
  }
}
