import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { Config } from '#platform/config';
import { asOwner, Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { ensureExecutionPartitions } from './partitions';
import { HistoryRetention } from './retention/history-retention';
import { HistorySizes } from './retention/history-sizes';
import { NodeStateLeftovers } from './retention/node-state-leftovers';
import { removeExecutions } from './retention/remove-executions';
import { RetryLeftovers } from './retention/retry-leftovers';

/** What is under way goes first, so that nothing writes history any more. */
const TABLES = ['open_executions', 'execution_checkpoints', 'execution_keys', 'node_states', 'history_sizes'];

/** Housekeeping of history, for the worker process. */
@Module({
  imports: [OrganizationsModule],
  providers: [HistoryRetention, HistorySizes, NodeStateLeftovers, RetryLeftovers],
})
export class ExecutionsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purges: OrganizationPurges,
    private readonly config: Config,
    private readonly database: Database,
    private readonly retention: HistoryRetention,
    private readonly sizes: HistorySizes,
    private readonly leftovers: RetryLeftovers,
    private readonly states: NodeStateLeftovers,
  ) {}

  onModuleInit(): void {
    const ensure = () => asOwner(this.config, ensureExecutionPartitions);
    this.tasks.register({ name: 'executions.partitions', everyMinutes: 60, run: ensure });
    this.tasks.register({ name: 'executions.retention', everyMinutes: 60, run: () => this.retention.run() });
    this.tasks.register({ name: 'executions.leftovers', everyMinutes: 60, run: () => this.leftovers.run() });
    this.tasks.register({ name: 'executions.states', everyMinutes: 24 * 60, run: () => this.states.run() });
    this.tasks.register({ name: 'executions.sizes', everyMinutes: 5, run: () => this.sizes.measure() });
    for (const table of TABLES) {
      const remove = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove });
    }
    this.purges.register({ name: 'executions', remove: (id) => this.removeHistory(id) });
  }

  private removeHistory(organizationId: string): Promise<number> {
    return this.database.asSystem(async (manager) => {
      const { count } = await removeExecutions(manager, { organizationId, open: true });
      return count;
    });
  }
}
