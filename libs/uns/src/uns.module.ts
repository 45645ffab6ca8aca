import { Module } from '@nestjs/common';
import { UnsDataService } from './data/uns-data.service';
import { LatestRecords } from './history/latest-records';
import { UnsHistoryService } from './history/uns-history.service';
import { UnsSnapshotService } from './history/uns-snapshot.service';
import { LatestValues } from './ingest/latest-values';
import { OrganizationViews } from './ingest/organization-views';
import { RecordObservers } from './ingest/record-observers';
import { RecordTransaction } from './ingest/record-transaction';
import { RecordWriter } from './ingest/record-writer';
import { QuarantineStore } from './quarantine/quarantine.store';
import { RecordStorage } from './storage/record-storage';
import { FeedReader } from './stream/feed-reader';
import { FeedWriter } from './stream/feed-writer';
import { Watches } from './stream/watches';
import { TopicPolicies } from './topics/topic-policies';
import { SeriesRepository } from './series/series.repository';
import { SeriesService } from './series/series.service';
import { SeriesTopics } from './series/series-topics';
import { TopicRegistry } from './topics/topic-registry';
import { TopicsRepository } from './topics/topics.repository';
import { TopicsService } from './topics/topics.service';

@Module({
  providers: [
    FeedReader,
    FeedWriter,
    LatestRecords,
    LatestValues,
    OrganizationViews,
    QuarantineStore,
    RecordObservers,
    RecordStorage,
    RecordTransaction,
    RecordWriter,
    TopicPolicies,
    SeriesRepository,
    SeriesService,
    SeriesTopics,
    TopicRegistry,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
    UnsSnapshotService,
    Watches,
  ],
  exports: [
    FeedReader,
    LatestRecords,
    RecordObservers,
    RecordStorage,
    RecordWriter,
    SeriesService,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
    UnsSnapshotService,
    Watches,
  ],
})
export class UnsModule {}
