import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import { AlsoAsLines, Answers, AnswersList, BodyLimit, Caller, Idempotent, Scopes } from '#platform/http';
import { RangeQuery, RecentQuery, SnapshotQuery } from './dto/data-query.dto';
import { RecordBody, RecordsBody } from './dto/record-body';
import { Published, PublishBatch, PublishedBatch, PublishRecord, RecordAnswer } from './dto/record.dto';
import type { RecordInput, RecordView } from '../record';
import type { Bucket } from '../storage/record-store';
import { UnsDataService } from './uns-data.service';
import { UnsHistoryService } from '../history/uns-history.service';
import { UnsSnapshotService } from '../history/uns-snapshot.service';

const BATCH_LIMIT = 10 * 1024 * 1024;

@ApiTags('UNS data')
@Controller('uns/data')
export class UnsDataController {
  constructor(
    private readonly data: UnsDataService,
    private readonly history: UnsHistoryService,
    private readonly snapshots: UnsSnapshotService,
  ) {}

  /** Publishes one value. The topic and its parents are made if they do not exist; the answer comes after the commit. */
  @Post('publish')
  @Scopes('uns:publish')
  @Idempotent()
  @ApiBody({ type: PublishRecord })
  @Answers(Published)
  publish(@Caller() member: Member, @RecordBody() record: RecordInput): Promise<Published> {
    return this.data.publish(member, record);
  }

  /** Publishes up to 10,000 values in one commit: all of them, or none. */
  @Post('publish/batch')
  @Scopes('uns:publish')
  @Idempotent()
  @BodyLimit(BATCH_LIMIT)
  @ApiBody({ type: PublishBatch })
  @Answers(PublishedBatch)
  publishBatch(@Caller() member: Member, @RecordsBody() records: RecordInput[]): Promise<PublishedBatch> {
    return this.data.publishBatch(member, records);
  }

  /** The latest records of a topic, newest first. */
  @Get('recent')
  @Scopes('uns:read')
  @AnswersList(RecordAnswer)
  @AlsoAsLines()
  recent(@Caller() member: Member, @Query() query: RecentQuery): Promise<Stretch<RecordView>> {
    return this.history.recent(member, query);
  }

  /** A stretch of a topic's history, oldest first; with `bucket`, one entry for each width of time that holds values. */
  @Get('range')
  @Scopes('uns:read')
  @AnswersList(RecordAnswer)
  @AlsoAsLines()
  range(@Caller() member: Member, @Query() query: RangeQuery): Promise<Stretch<RecordView | Bucket>> {
    return this.history.range(member, query);
  }

  /** The last record, as of a moment, of every topic of a branch; by their topics. Topics without a value are left out. */
  @Get('snapshot')
  @Scopes('uns:read')
  @AnswersList(RecordAnswer)
  @AlsoAsLines()
  snapshot(@Caller() member: Member, @Query() query: SnapshotQuery): Promise<Stretch<RecordView>> {
    return this.snapshots.snapshot(member, query);
  }
}
