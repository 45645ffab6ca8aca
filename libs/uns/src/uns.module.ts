import { Module } from '@nestjs/common';
import { UnsDataService } from './data/uns-data.service';
import { LastRecords } from './history/last-records';
import { LatestRecords } from './history/latest-records';
import { UnsHistoryService } from './history/uns-history.service';
import { UnsSnapshotService } from './history/uns-snapshot.service';
import { LatestValues } from './ingest/latest-values';
import { OrganizationViews } from './ingest/organization-views';
import { RecordObservers } from './ingest/record-observers';
import { RecordTransaction } from './ingest/record-transaction';
import { RecordWriter } from './ingest/record-writer';
import { TopicDays } from './ingest/topic-days';
import { QuarantineStore } from './quarantine/quarantine.store';
import { SeriesService } from './series/series.service';
import { SeriesTopics } from './series/series-topics';
import { RecordStorage } from './storage/record-storage';
import { StorageStates } from './storage/storage-state';
import { FeedReader } from './stream/feed-reader';
import { FeedWriter } from './stream/feed-writer';
import { Watches } from './stream/watches';
import { TopicBranchesRepository } from './topics/topic-branches.repository';
import { TopicBranches } from './topics/topic-branches.service';
import { TopicPolicies } from './topics/topic-policies';
import { TopicRegistry } from './topics/topic-registry';
import { TopicStats } from './topics/topic-stats.service';
import { TopicTree } from './topics/topic-tree';
import { TopicTreeRepository } from './topics/topic-tree.repository';
import { TopicsRepository } from './topics/topics.repository';
import { TopicsService } from './topics/topics.service';

@Module({
  providers: [
    FeedReader,
    FeedWriter,
    LastRecords,
    LatestRecords,
    LatestValues,
    OrganizationViews,
    QuarantineStore,
    RecordObservers,
    RecordStorage,
    RecordTransaction,
    RecordWriter,
    SeriesService,
    SeriesTopics,
    StorageStates,
    TopicBranches,
    TopicBranchesRepository,
    TopicDays,
    TopicPolicies,
    TopicRegistry,
    TopicStats,
    TopicTree,
    TopicTreeRepository,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
    UnsSnapshotService,
    Watches,
  ],
  exports: [
    FeedReader,
    LastRecords,
    RecordObservers,
    RecordStorage,
    RecordWriter,
    SeriesService,
    StorageStates,
    TopicBranches,
    TopicStats,
    TopicTree,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
    UnsSnapshotService,
    Watches,
  ],
})
export class UnsModule {}
