import { Logger, Module, type DynamicModule, type ModuleMetadata, type OnModuleInit } from '@nestjs/common';
import { AuditRetention } from '#platform/audit';
import { Config } from '#platform/config';
import { asOwner } from '#platform/database';
import { MaintenanceTasks } from '#platform/queue';
import { AuditModule } from './audit.module';
import { AuditRepository } from './audit.repository';
import { dropAuditPartitions, ensureAuditPartitions } from './partitions';

const DAY_MS = 86_400_000;

/** Entries that one transaction removes. */
const BATCH = 5_000;
/** Of one organization in one run; what is left waits for the next. */
const MOST_BATCHES = 200;

/** Housekeeping of the trail, for the worker process. The given modules export `AuditRetention`. */
@Module({})
export class AuditMaintenanceModule implements OnModuleInit {
  private readonly logger = new Logger(AuditMaintenanceModule.name);

  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
    private readonly entries: AuditRepository,
    private readonly retention: AuditRetention,
  ) {}

  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: AuditMaintenanceModule, imports: [AuditModule, ...ports] };
  }

  onModuleInit(): void {
    const ensure = () => asOwner(this.config, ensureAuditPartitions);
    this.tasks.register({ name: 'audit.partitions', everyMinutes: 60, run: ensure });
    this.tasks.register({ name: 'audit.retention', everyMinutes: 60, run: () => this.removeOld() });
  }

  /** Of the instance, the longest in force, by whole months; what organizations want gone earlier by entries. */
  async removeOld(): Promise<void> {
    const olderThan = new Date(Date.now() - this.config.audit.retentionDays * DAY_MS);
    const dropped = await asOwner(this.config, (owner) => dropAuditPartitions(owner, olderThan));
    if (dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);
    for (const [organizationId, days] of await this.retention.days()) {
      if (days < this.config.audit.retentionDays) await this.removeOf(organizationId, days);
    }
  }

  private async removeOf(organizationId: string, days: number): Promise<void> {
    const olderThan = new Date(Date.now() - days * DAY_MS);
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      if ((await this.entries.remove(organizationId, olderThan, BATCH)) < BATCH) return;
    }
  }
}
