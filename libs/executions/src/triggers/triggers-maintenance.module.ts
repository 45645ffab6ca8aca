import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';

const TABLES = ['trigger_states', 'trigger_counts'];
const BATCH = 1_000;

/** Housekeeping of triggers, for the worker process. */
@Module({})
export class TriggersMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'triggers.leftovers', everyMinutes: 24 * 60, run: () => this.removeLeftovers() });
    for (const table of TABLES) {
      const remove = (id: string, limit: number) =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table, remove });
    }
  }

  /** What nodes have left behind that are in no pipeline any more. */
  private async removeLeftovers(): Promise<void> {
    for (const table of TABLES) {
      const remove = () =>
        this.database.asSystem(async (manager) => {
          const [, count] = await manager.query<[unknown, number]>(removeFrom(table), [BATCH]);
          return count;
        });
      while ((await remove()) === BATCH);
    }
  }
}

const removeFrom = (table: string): string => `
  DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    SELECT t.ctid FROM ${table} t
    WHERE NOT EXISTS (SELECT FROM pipelines p WHERE p.organization_id = t.organization_id AND p.id = t.pipeline_id
                        AND p.nodes @> jsonb_build_array(jsonb_build_object('id', t.node_id)))
    LIMIT $1))`;
