import { Module } from '@nestjs/common';
import { RecordObservers } from './ingest/record-observers';
import { RecordWriter } from './ingest/record-writer';
import { RecordsRepository } from './history/records.repository';
import { TopicRegistry } from './topics/topic-registry';
import { TopicsRepository } from './topics/topics.repository';
import { TopicsService } from './topics/topics.service';
import { UnsDataService } from './data/uns-data.service';
import { UnsHistoryService } from './history/uns-history.service';

@Module({
  providers: [
    RecordObservers,
    RecordWriter,
    RecordsRepository,
    TopicRegistry,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
  ],
  exports: [RecordObservers, TopicsService, UnsDataService, UnsHistoryService],
})
export class UnsModule {}
