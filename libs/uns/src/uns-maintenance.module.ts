import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner, Database } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { removeNamespace } from './organization-purge';
import { ensurePartitions } from './history/partitions';
import { FeedReader } from './stream/feed-reader';
import { Watches } from './stream/watches';
import { UnsModule } from './uns.module';

/** Housekeeping of the namespace, for the worker process. */
@Module({ imports: [UnsModule] })
export class UnsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
    private readonly feed: FeedReader,
    private readonly watches: Watches,
  ) {}

  onModuleInit(): void {
    const run = () => asOwner(this.config, ensurePartitions);
    this.tasks.register({ name: 'uns.partitions', everyMinutes: 60, run });
    this.tasks.register({ name: 'uns.feed', everyMinutes: 1, run: () => this.forgetOld() });
    const remove = (id: string, limit: number) => removeNamespace(this.database, id, limit);
    this.purges.register({ name: 'uns.topics', remove });
  }

  /** Of those who listen live. */
  private async forgetOld(): Promise<void> {
    await this.feed.prune();
    await this.watches.expire();
  }
}
