import { Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner, Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { dropStatePartitions, ensureStatePartitions } from './partitions';

const DAY_MS = 86_400_000;
/** Days that the history of states is kept. */
const HISTORY_DAYS = 30;
/** Hours that figures of calls are kept: a day, and what is shown of the day before. */
const METRICS_HOURS = 25;
const BATCH = 5_000;

/** Housekeeping for the worker process: old history and figures go, and so does what deleted organizations had. */
@Module({})
export class ConnectorsMaintenanceModule implements OnModuleInit {
  private readonly logger = new Logger(ConnectorsMaintenanceModule.name);

  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    for (const table of ['connections', 'connection_calls', 'connection_state_changes']) {
      const remove = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove });
    }
    const ensure = () => asOwner(this.config, ensureStatePartitions);
    this.tasks.register({ name: 'connectors.partitions', everyMinutes: 60, run: ensure });
    this.tasks.register({ name: 'connectors.history', everyMinutes: 60, run: () => this.removeHistory() });
    this.tasks.register({ name: 'connectors.metrics', everyMinutes: 15, run: () => this.removeMetrics() });
  }

  private async removeHistory(): Promise<void> {
    const olderThan = new Date(Date.now() - HISTORY_DAYS * DAY_MS);
    const dropped = await asOwner(this.config, (owner) => dropStatePartitions(owner, olderThan));
    if (dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);
  }

  private async removeMetrics(): Promise<void> {
    while ((await this.removeSomeMetrics()) === BATCH);
  }

  private removeSomeMetrics(): Promise<number> {
    return this.database.asSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        `DELETE FROM connection_metrics WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM connection_metrics WHERE bucket < now() - interval '${METRICS_HOURS} hours' LIMIT $1))`,
        [BATCH],
      );
      return count;
    });
  }
}
