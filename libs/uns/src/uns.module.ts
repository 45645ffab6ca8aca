import { Module } from '@nestjs/common';
import { ModelsModule } from '#models';
import { UnsDataService } from './data/uns-data.service';
import { UnsHistoryService } from './history/uns-history.service';
import { LatestValues } from './ingest/latest-values';
import { OrganizationViews } from './ingest/organization-views';
import { RecordObservers } from './ingest/record-observers';
import { RecordTransaction } from './ingest/record-transaction';
import { RecordWriter } from './ingest/record-writer';
import { QuarantineRepository } from './quarantine/quarantine.repository';
import { QuarantineService } from './quarantine/quarantine.service';
import { QuarantineStore } from './quarantine/quarantine.store';
import { ResubmissionService } from './quarantine/resubmission.service';
import { SchemaBindingsService } from './schemas/schema-bindings.service';
import { SchemaChecks } from './schemas/schema-checks';
import { SchemaReader } from './schemas/schema-reader';
import { SchemaBindingsRepository, TopicSchemasRepository } from './schemas/schemas.repository';
import { SchemasInForce } from './schemas/schemas-in-force';
import { TopicSchemasService } from './schemas/topic-schemas.service';
import { RecordStorage } from './storage/record-storage';
import { FeedWriter } from './stream/feed-writer';
import { TopicPolicies } from './topics/topic-policies';
import { TopicRegistry } from './topics/topic-registry';
import { TopicsRepository } from './topics/topics.repository';
import { TopicsService } from './topics/topics.service';

@Module({
  imports: [ModelsModule],
  providers: [
    FeedWriter,
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
    SchemasInForce,
    TopicPolicies,
    TopicRegistry,
    TopicSchemasRepository,
    TopicSchemasService,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
  ],
  exports: [
    QuarantineService,
    RecordObservers,
    RecordStorage,
    RecordWriter,
    ResubmissionService,
    SchemaBindingsService,
    TopicSchemasService,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
  ],
})
export class UnsModule {}
