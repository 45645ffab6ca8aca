import { Module } from '@nestjs/common';
import { RecordObservers } from './ingest/record-observers';
import { RecordWriter } from './ingest/record-writer';
import { RecordsRepository } from './history/records.repository';
import { SeriesRepository } from './series/series.repository';
import { SeriesService } from './series/series.service';
import { SeriesTopics } from './series/series-topics';
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
    SeriesRepository,
    SeriesService,
    SeriesTopics,
    TopicRegistry,
    TopicsRepository,
    TopicsService,
    UnsDataService,
    UnsHistoryService,
  ],
  exports: [RecordObservers, SeriesService, TopicsService, UnsDataService, UnsHistoryService],
})
export class UnsModule {}
