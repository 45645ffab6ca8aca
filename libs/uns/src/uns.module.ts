import { Module } from '@nestjs/common';
import { RecordObservers } from './record-observers';
import { RecordWriter } from './record-writer';
import { RecordsRepository } from './records.repository';
import { TopicRegistry } from './topic-registry';
import { TopicsRepository } from './topics.repository';
import { TopicsService } from './topics.service';
import { UnsDataService } from './uns-data.service';
import { UnsHistoryService } from './uns-history.service';

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
