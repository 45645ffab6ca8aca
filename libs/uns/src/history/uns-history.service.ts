import {
  decodeCursor,
  encodeCursor,
  invalid,
  isId,
  parseTimestamp,
  readTime,
  Stretch,
  topicProblem,
  type Member,
} from '#kernel';
import { isDataError } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { bucketMilliseconds } from './aggregate';
import type { RangeQuery, RecentQuery } from '../data/dto/data-query.dto';
import type { RecordView } from '../record';
import { toView } from './record-view';
import { RecordStorage } from '../storage/record-storage';
import type { Bucket, HistoryStretch } from '../storage/record-store';
import type { Topic } from '../topics/topic.entity';
import { requireTopicRight } from '../topics/topic-rights';
import { TopicsRepository } from '../topics/topics.repository';

/** Data out of the namespace. */
@Injectable()
export class UnsHistoryService {
  constructor(
    private readonly storage: RecordStorage,
    private readonly topics: TopicsRepository,
  ) {}

  /** Newest first. @throws DomainError `not_found` for a topic that does not exist. */
  async recent(member: Member, query: RecentQuery): Promise<Stretch<RecordView>> {
    const topic = await this.readable(member, query.topic);
    const rows = await this.storage.current.recent(member.organizationId, topic.id, {
      from: null,
      to: null,
      limit: query.limit,
    });
    return new Stretch(
      rows.map((row) => toView(topic.path, row)),
      { nextCursor: null },
    );
  }

  /**
   * Read in the organization's own name, any of its topics: the latest records of a stretch, newest first.
   * @throws DomainError `bad_request` for a path that is none; `not_found`.
   */
  async latest(
    organizationId: string,
    path: string,
    stretch: Pick<HistoryStretch, 'from' | 'to' | 'limit'>,
  ): Promise<RecordView[]> {
    requirePath(path);
    const topic = await this.topics.byPath(organizationId, path);
    const rows = await this.storage.current.recent(organizationId, topic.id, stretch);
    return rows.map((row) => toView(topic.path, row));
  }

  /** Oldest first: records, or buckets of them. */
  async range(member: Member, query: RangeQuery): Promise<Stretch<RecordView | Bucket>> {
    const stretch = readStretch(query);
    const bucket = readBucket(query);
    const topic = await this.readable(member, query.topic);
    if (bucket === undefined) return this.rawRange(member.organizationId, topic, stretch);
    if (bucket.field === null && (await this.storage.current.holdsObjects(member.organizationId, topic.id, stretch))) {
      throw invalid({ field: 'field', message: 'Field is required: the topic holds objects' });
    }
    return this.bucketRange(member.organizationId, topic, stretch, bucket);
  }

  private async rawRange(organizationId: string, topic: Topic, stretch: HistoryStretch): Promise<Stretch<RecordView>> {
    const rows = await this.storage.current.range(organizationId, topic.id, stretch);
    const last = rows.length === stretch.limit ? rows.at(-1) : undefined;
    const nextCursor = last ? encodeCursor([last.timestamp, last.id]) : null;
    return new Stretch(
      rows.map((row) => toView(topic.path, row)),
      { nextCursor },
    );
  }

  private async bucketRange(
    organizationId: string,
    topic: Topic,
    stretch: HistoryStretch,
    bucket: NonNullable<ReturnType<typeof readBucket>>,
  ): Promise<Stretch<Bucket>> {
    const buckets = await this.storage.current
      .buckets(organizationId, topic.id, stretch, bucket)
      .catch(explainOverflow);
    const last = buckets.length === stretch.limit ? buckets.at(-1) : undefined;
    const next = last && new Date(Date.parse(last.timestamp) + bucket.milliseconds).toISOString();
    return new Stretch(buckets, { nextCursor: next ? encodeCursor([next]) : null });
  }

  private readable(member: Member, path: string): Promise<Topic> {
    requirePath(path);
    requireTopicRight(member, 'uns:read', path);
    return this.topics.byPath(member.organizationId, path);
  }
}

function requirePath(path: string): void {
  const problem = topicProblem(path);
  if (problem) throw invalid({ field: 'topic', message: problem });
}

/** Sums, which averages are made from, may leave the range of JSON numbers though no value does. */
function explainOverflow(error: unknown): never {
  if (!isDataError(error)) throw error;
  throw invalid({ field: 'aggregate', message: 'Aggregate of these values is out of range' });
}

function readStretch({ from, to, cursor, limit }: RangeQuery): HistoryStretch {
  return { from: readTime('from', from) ?? null, to: readTime('to', to) ?? null, after: readCursor(cursor), limit };
}

/** A record's timestamp and id, or the start of the next bucket. */
function readCursor(cursor: string | undefined): HistoryStretch['after'] {
  if (cursor === undefined) return null;
  const [timestamp, id = LOWEST_ID] = decodeCursor(cursor) ?? [];
  if (parseTimestamp(timestamp) === undefined || !isId(id)) {
    throw invalid({ field: 'cursor', message: 'Cursor must be the nextCursor of an earlier answer' });
  }
  return [new Date(parseTimestamp(timestamp)!).toISOString(), id];
}

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

function readBucket({ bucket, aggregate, field }: RangeQuery) {
  if (bucket === undefined) {
    if (aggregate === undefined && field === undefined) return undefined;
    throw invalid({ field: 'bucket', message: 'Bucket is required' });
  }
  const milliseconds = bucketMilliseconds(bucket);
  if (milliseconds === undefined) throw invalid({ field: 'bucket', message: 'Bucket must be at most 1000d' });
  return {
    milliseconds,
    aggregate: aggregate ?? ('avg' as const),
    field: field === undefined ? null : field.split('.'),
  };
}
