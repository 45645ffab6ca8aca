import type { JsonValue } from '#kernel';
import type { Aggregate } from '../history/aggregate';

/** Points of one series, at most: the latest. */
export const MOST_POINTS = 2_000;
/** Topics that a filter is answered with, at most. */
export const MOST_TOPICS = 50;

/** Numbers of each width of time that become one. */
export interface SeriesBuckets {
  aggregate: Aggregate;
  /** 1 ms to 1000 days. */
  milliseconds: number;
  /** Epoch milliseconds at which a bucket begins; 0 aligns them as those of a range. */
  origin: number;
}

/** What is asked of a topic, or of each topic of a filter. */
export interface SeriesRequest {
  /** Path of a topic, or an MQTT filter with wildcards. */
  topic: string;
  /** Dotted place in object values; null for the value itself. */
  field: string | null;
  /** Epoch milliseconds, inclusive; null, without buckets, asks for the last record before the end. */
  from: number | null;
  /** Epoch milliseconds, exclusive. */
  to: number;
  /** null for records as they are. */
  buckets: SeriesBuckets | null;
}

/** Epoch milliseconds of a record, or of a bucket's start; and of a bucket, how many numbers are in it. */
export type SeriesPoint = [at: number, value: JsonValue, count?: number];

export interface Series {
  topic: string;
  /** Oldest first. */
  points: SeriesPoint[];
  /** There are earlier ones in this time that are not told. */
  truncated: boolean;
  /** Why there are none, in words for the caller. */
  problem?: string;
}

/** A series of one topic, as stores read it. */
export interface SeriesRead extends Omit<SeriesRequest, 'topic' | 'from'> {
  topicId: string;
  /** Epoch milliseconds, inclusive. */
  from: number;
  /** Most points: the latest are kept. */
  limit: number;
  /** Most bytes of values that are no numbers: what is beyond is left out, the earliest first. */
  bytes: number;
}

export type ReadSeries = Pick<Series, 'points' | 'truncated'>;

/** The answer to one request. */
export interface SeriesAnswer {
  /** For a path one, whatever is wrong with it; for a filter one for each topic, by path. */
  series: Series[];
  /** The filter selects more topics than are told. */
  more: boolean;
}
