import { Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner } from '#platform/database';
import { MaintenanceTasks } from '#platform/queue';
import { dropAuditPartitions, ensureAuditPartitions } from './partitions';

const DAY_MS = 86_400_000;

/** Housekeeping of the trail, for the worker process. */
@Module({})
export class AuditMaintenanceModule implements OnModuleInit {
  private readonly logger = new Logger(AuditMaintenanceModule.name);

  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const ensure = () => asOwner(this.config, ensureAuditPartitions);
    this.tasks.register({ name: 'audit.partitions', everyMinutes: 60, run: ensure });
    this.tasks.register({ name: 'audit.retention', everyMinutes: 60, run: () => this.removeOld() });
  }

  /** The longest retention in force: whole months go. */
  async removeOld(): Promise<void> {
    const olderThan = new Date(Date.now() - this.config.audit.retentionDays * DAY_MS);
    const dropped = await asOwner(this.config, (owner) => dropAuditPartitions(owner, olderThan));
    if (dropped.length > 0) this.logger.log(`dropped ${dropped.join(', ')}`);
  }
}
