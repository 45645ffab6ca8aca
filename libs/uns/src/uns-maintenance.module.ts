import { Module, type OnModuleInit } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { ensurePartitions } from './history/partitions';
import { FeedReader } from './stream/feed-reader';
import { Watches } from './stream/watches';
import { RemovedTopics } from './topics/removed-topics';
import { UnsModule } from './uns.module';

/** Housekeeping of the namespace, for the worker process. */
@Module({ imports: [UnsModule], providers: [RemovedTopics] })
export class UnsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly config: Config,
    private readonly purges: OrganizationPurges,
    private readonly removed: RemovedTopics,
    private readonly feed: FeedReader,
    private readonly watches: Watches,
  ) {}

  onModuleInit(): void {
    const run = () => asOwner(this.config, ensurePartitions);
    this.tasks.register({ name: 'uns.partitions', everyMinutes: 60, run });
    this.tasks.register({ name: 'uns.feed', everyMinutes: 1, run: () => this.forgetOld() });
    this.tasks.register({ name: 'uns.removed-topics', everyMinutes: 1, run: () => this.removed.removeRecords() });
    const remove = (id: string, limit: number) => this.removed.removeNamespace(id, limit);
    this.purges.register({ name: 'uns.topics', remove });
  }

  /** Of those who listen live. */
  private async forgetOld(): Promise<void> {
    await this.feed.prune();
    await this.watches.expire();
  }
}
