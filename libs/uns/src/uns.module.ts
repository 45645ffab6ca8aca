import { Module } from '@nestjs/common';
import { ModelsModule } from '#models';
import { BindingDependencies } from './dependencies/binding-dependencies';
import { TopicDependencies } from './dependencies/topic-dependencies';
import { TopicWeights } from './dependencies/topic-weights';
import { BindingPortable } from './exchange/binding-portable';
import { SchemaRulesReader } from './exchange/schema-rules-reader';
import { TopicBatches } from './exchange/topic-batches';
import { TopicPortable } from './exchange/topic-portable';
import { TopicWriter } from './exchange/topic-writer';
import { TopicPlacesRepository } from './topics/topic-places.repository';
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
import { QuarantineRepository } from './quarantine/quarantine.repository';
import { QuarantineService } from './quarantine/quarantine.service';
import { QuarantineStore } from './quarantine/quarantine.store';
import { ResubmissionService } from './quarantine/resubmission.service';
import { SchemaBindingsRepository, TopicSchemasRepository } from './schemas/schemas.repository';
import { SchemaBindingsService } from './schemas/schema-bindings.service';
import { SchemaChecks } from './schemas/schema-checks';
import { SchemaReader } from './schemas/schema-reader';
import { SchemasInForce } from './schemas/schemas-in-force';
import { SeriesService } from './series/series.service';
import { SeriesTopics } from './series/series-topics';
import { TopicDays } from './ingest/topic-days';
import { TopicSchemasService } from './schemas/topic-schemas.service';
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
  imports: [ModelsModule],
  providers: [
    BindingDependencies,
    BindingPortable,
    FeedReader,
    FeedWriter,
    LastRecords,
    LatestRecords,
    LatestValues,
    OrganizationViews,
    QuarantineRepository,
    QuarantineService,
    QuarantineStore,
    RecordObservers,
    RecordStorage,
    RecordTransaction,
    RecordWriter,
    ResubmissionService,
    SchemaBindingsRepository,
    SchemaBindingsService,
    SchemaChecks,
    SchemaReader,
    SchemaRulesReader,
    SchemasInForce,
    SeriesService,
    SeriesTopics,
    StorageStates,
    TopicBatches,
    TopicWriter,
    TopicBranches,
    TopicBranchesRepository,
    TopicDays,
    TopicDependencies,
    TopicPlacesRepository,
    TopicPolicies,
    TopicPortable,
    TopicRegistry,
    TopicSchemasRepository,
    TopicSchemasService,
    TopicStats,
    TopicTree,
    TopicTreeRepository,
    TopicWeights,
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
    QuarantineService,
    RecordObservers,
    RecordStorage,
    RecordWriter,
    ResubmissionService,
    SchemaBindingsService,
    SeriesService,
    StorageStates,
    TopicBranches,
    TopicSchemasService,
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
