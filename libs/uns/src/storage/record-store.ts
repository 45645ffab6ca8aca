import type { Aggregate } from '../history/aggregate';
import type { RecordView } from '../record';
import type { ReadSeries, SeriesRead } from '../series/series';
import type { RecordRow } from './record-row';

/** A stretch of one topic's history: `from` inclusive, `to` exclusive, after the position where one is given. */
export interface HistoryStretch {
  from: Date | null;
  to: Date | null;
  after: [timestamp: string, id: string] | null;
  limit: number;
}

export interface BucketRequest {
  milliseconds: number;
  aggregate: Aggregate;
  /** Path into object values; null for the value itself. */
  field: string[] | null;
}

export interface Bucket {
  timestamp: string;
  value: number | null;
  count: number;
}

export interface StoredRecord extends Omit<RecordView, 'topic'> {
  id: string;
}

export interface TopicRecord extends StoredRecord {
  topicId: string;
}

/** How many values of a topic there are, and when the first and the last were measured. */
export interface TopicCounts {
  minute: number;
  hour: number;
  day: number;
  first: string | null;
}

export interface TopicAge {
  id: string;
  /** Exclusive. */
  olderThan: Date;
}

export interface AppendedRows {
  /** New for certain. */
  fresh: readonly RecordRow[];
  /** Those that may be there already, by their ids: then they are left as they are. */
  keyed: readonly RecordRow[];
}

/**
 * Where records are kept. Topics are named by their ids: what they are called stands in the main database, whatever the
 * store. The organization goes into every query. A record's id breaks ties between equal timestamps, in the order of
 * arrival; equal timestamps are all kept.
 * @throws DomainError `unavailable` when the store does not answer; an error that `isDataError` knows for values that it refuses.
 */
export interface RecordStore {
  /**
   * All of the rows or none, in one transaction of the store.
   * @param before called in it, after the inserts, with the ids of the keyed rows that were not there before; what it
   * throws undoes them.
   */
  append(
    organizationIds: readonly string[],
    rows: AppendedRows,
    before: (inserted: Set<string>) => Promise<void>,
  ): Promise<void>;

  /** The latest of a stretch, newest first. */
  recent(
    organizationId: string,
    topicId: string,
    stretch: Pick<HistoryStretch, 'from' | 'to' | 'limit'>,
  ): Promise<StoredRecord[]>;

  /** Oldest first. */
  range(organizationId: string, topicId: string, stretch: HistoryStretch): Promise<StoredRecord[]>;

  /** Buckets stamped at their start, aligned to the UTC epoch; empty ones are left out. */
  buckets(organizationId: string, topicId: string, stretch: HistoryStretch, request: BucketRequest): Promise<Bucket[]>;

  /** Whether the stretch holds an object or array, which has no number without a field. */
  holdsObjects(organizationId: string, topicId: string, stretch: HistoryStretch): Promise<boolean>;

  /** The last record of each topic in the stretch, `to` exclusive; topics without one are left out. Quick within a day (UTC). */
  lastIn(organizationId: string, topicIds: readonly string[], from: Date, to: Date): Promise<TopicRecord[]>;

  /** Many series at once, in the order of the reads. */
  series(organizationId: string, reads: readonly SeriesRead[]): Promise<ReadSeries[]>;

  counts(organizationId: string, topicId: string, now: Date): Promise<TopicCounts>;

  /** How many records each topic has in the stretch, `most` at most, by their ids; those without any may be left out. */
  countsIn(
    organizationId: string,
    topicIds: readonly string[],
    stretch: { from: Date; to: Date },
    most: number,
  ): Promise<Map<string, number>>;

  /** Removes up to `limit` records of the topic that are older. Answers how many. */
  removeOf(organizationId: string, topicId: string, olderThan: Date | null, limit: number): Promise<number>;

  /** Of each topic up to `mostOfEach` records that are older than its time. Answers how many. */
  removeOlder(organizationId: string, topics: readonly TopicAge[], mostOfEach: number): Promise<number>;

  /** Makes room for the days to come. */
  prepare(): Promise<void>;

  /** Removes what is older, of all organizations, as far as that can be done at once: by whole days. */
  dropOlder(time: Date): Promise<void>;

  close(): Promise<void>;
}
