import { Module, type OnModuleInit } from '@nestjs/common';
import { OrganizationsModule } from '#organizations';
import { Database, deleteBatch } from '#platform/database';
import { MaintenanceTasks, OrganizationPurges } from '#platform/queue';
import { RecordsRetention } from './retention/records-retention';
import { RecordStorage } from './storage/record-storage';
import { StorageMove } from './storage/storage-move';
import { FeedReader } from './stream/feed-reader';
import { Watches } from './stream/watches';
import { RemovedTopics } from './topics/removed-topics';
import { UnsModule } from './uns.module';

/** Housekeeping of the namespace, for the worker process. */
@Module({ imports: [UnsModule, OrganizationsModule], providers: [RecordsRetention, RemovedTopics, StorageMove] })
export class UnsMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
    private readonly removed: RemovedTopics,
    private readonly feed: FeedReader,
    private readonly watches: Watches,
    private readonly storage: RecordStorage,
    private readonly retention: RecordsRetention,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'uns.partitions', everyMinutes: 60, run: () => this.prepare() });
    this.tasks.register({ name: 'uns.retention', everyMinutes: 60, run: () => this.retention.run() });
    this.tasks.register({ name: 'uns.feed', everyMinutes: 1, run: () => this.forgetOld() });
    this.tasks.register({ name: 'uns.removed-topics', everyMinutes: 1, run: () => this.removed.removeRecords() });
    const remove = (id: string, limit: number) => this.removed.removeNamespace(id, limit);
    this.purges.register({ name: 'uns.topics', remove });
    const removeFeed = (id: string, limit: number) =>
      this.database.asSystem((manager) => deleteBatch(manager, 'uns_feed', id, limit));
    this.purges.register({ name: 'uns.feed', remove: removeFeed });
  }

  private async prepare(): Promise<void> {
    for (const store of this.storage.all) await store.prepare();
  }

  /** Of those who listen live. */
  private async forgetOld(): Promise<void> {
    await this.feed.prune();
    await this.watches.expire();
  }
}
