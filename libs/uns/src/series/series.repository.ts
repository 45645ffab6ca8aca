import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import { Database, prepared, type PreparedStatement } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { AGGREGATES, AGGREGATE_SQL, type Aggregate } from '../history/aggregate';
import type { Series, SeriesPoint, SeriesRequest } from './series';

/** A series of one topic. */
export interface SeriesRead extends Omit<SeriesRequest, 'topic'> {
  topicId: string;
  /** Most points: the latest are kept. */
  limit: number;
}

export type ReadSeries = Pick<Series, 'points' | 'truncated'>;

/** Bytes of values that are no numbers, of all series together. */
const MOST_BYTES = 16 * 1024 * 1024;

interface RawRow {
  place: number;
  at: number;
  number: number | null;
  value: JsonValue;
  /** It has the field that is asked for. */
  present: boolean;
  /** Neither one too many, nor beyond the budget. */
  told: boolean;
}

interface BucketRow {
  place: number;
  at: number;
  value: number;
  count: number;
}

/** Reads many series at once: one statement for all raw ones, and one for those of each aggregate. */
@Injectable()
export class SeriesRepository {
  constructor(private readonly database: Database) {}

  /**
   * In the order of the reads. Values that are no numbers have a budget of bytes: what of a series is beyond its share is
   * left out, the earliest first.
   * @throws the server's error of class 22 where an aggregate leaves the range of numbers.
   */
  read(organizationId: string, reads: readonly SeriesRead[]): Promise<ReadSeries[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const found: ReadSeries[] = reads.map(() => ({ points: [], truncated: false }));
      for (const [shape, places] of byShape(reads)) {
        if (shape === 'raw') await readRaw(manager, organizationId, reads, places, found);
        else await readBuckets(manager, organizationId, shape, reads, places, found);
      }
      return found;
    });
  }
}

function byShape(reads: readonly SeriesRead[]): Map<Aggregate | 'raw', number[]> {
  const places = reads.map((_, index) => index);
  return Map.groupBy(places, (place) => reads[place]!.buckets?.aggregate ?? 'raw');
}

async function readRaw(
  manager: EntityManager,
  organizationId: string,
  reads: readonly SeriesRead[],
  places: readonly number[],
  found: readonly ReadSeries[],
): Promise<void> {
  const share = Math.floor(MOST_BYTES / reads.length);
  const rows = await prepared<RawRow>(manager, RAW, [organizationId, ...columnsOf(reads, places), share]);
  for (const { place, at, number, value, present, told } of rows) {
    const series = found[place]!;
    if (!told) series.truncated = true;
    else if (present) series.points.push([at, number ?? value]);
  }
  for (const place of places) found[place]!.points.reverse();
}

async function readBuckets(
  manager: EntityManager,
  organizationId: string,
  aggregate: Aggregate,
  reads: readonly SeriesRead[],
  places: readonly number[],
  found: readonly ReadSeries[],
): Promise<void> {
  const buckets = places.map((place) => reads[place]!.buckets!);
  const rows = await prepared<BucketRow>(manager, BUCKETS[aggregate], [
    organizationId,
    ...columnsOf(reads, places),
    buckets.map(({ milliseconds }) => `${milliseconds} milliseconds`),
    buckets.map(({ origin }) => timeOf(origin)),
  ]);
  for (const { place, at, value, count } of rows) {
    const series = found[place]!;
    if (series.points.length === reads[place]!.limit) series.truncated = true;
    else series.points.push([at, value, count] satisfies SeriesPoint);
  }
  for (const place of places) found[place]!.points.reverse();
}

function columnsOf(reads: readonly SeriesRead[], places: readonly number[]): unknown[] {
  const of = places.map((place) => reads[place]!);
  return [
    places,
    of.map(({ topicId }) => topicId),
    of.map(({ field }) => field),
    of.map(({ from }) => (from === null ? '-infinity' : timeOf(from))),
    of.map(({ to }) => timeOf(to)),
    of.map(({ limit }) => limit),
  ];
}

const timeOf = (epochMs: number): string => new Date(epochMs).toISOString();

// Materialized: what is computed here is computed once a series, not once a record.
const ASKED = (more = '', names = '') => `
  WITH asked AS MATERIALIZED (
    SELECT place, topic_id, string_to_array(field, '.') AS path, begin_at, end_at, most${names}
    FROM unnest($2::int[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[]${more})
      AS given (place, topic_id, field, begin_at, end_at, most${names})
  )`;

const STRETCH = `topic_id = asked.topic_id AND organization_id = $1
  AND "timestamp" >= asked.begin_at AND "timestamp" < asked.end_at`;

const EPOCH_MS = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

/** The latest first. A record more than asked for says that there are more; one without the field is no point. */
const RAW: PreparedStatement = {
  name: 'uns.series.raw',
  text: `${ASKED()}
    SELECT asked.place, record.at, record.number, CASE WHEN record.fits THEN record.value END AS value,
           record.number IS NOT NULL OR record.value IS NOT NULL AS present, record.fits AND record.rank <= asked.most AS told
    FROM asked CROSS JOIN LATERAL (
      SELECT ${EPOCH_MS('"timestamp"')} AS at, number, value, row_number() OVER latest_first AS rank,
             coalesce(sum(octet_length(value::text)) OVER latest_first, 0) <= $8 AS fits
      FROM (
        SELECT "timestamp", id, CASE WHEN asked.path IS NULL THEN number END AS number,
               CASE WHEN asked.path IS NULL THEN value ELSE value #> asked.path END AS value
        FROM uns_records WHERE ${STRETCH} ORDER BY "timestamp" DESC, id DESC LIMIT asked.most + 1
      ) AS latest
      WINDOW latest_first AS (ORDER BY "timestamp" DESC, id DESC)
    ) AS record`,
};

const NUMBER = `CASE WHEN asked.path IS NULL THEN number
  WHEN json_typeof(value #> asked.path) = 'number' THEN (value #>> asked.path)::float8 END`;

const bucketsOf = (aggregate: Aggregate): PreparedStatement => ({
  name: `uns.series.${aggregate}`,
  text: `${ASKED(', $8::interval[], $9::timestamptz[]', ', width, origin')}
    SELECT asked.place, ${EPOCH_MS('latest.bucket')} AS at, latest.value, latest.count
    FROM asked CROSS JOIN LATERAL (
      SELECT date_bin(asked.width, "timestamp", asked.origin) AS bucket, ${AGGREGATE_SQL[aggregate]} AS value,
             count(*)::float8 AS count
      FROM (SELECT id, "timestamp", ${NUMBER} AS v FROM uns_records WHERE ${STRETCH}) AS numbers
      WHERE v IS NOT NULL GROUP BY bucket ORDER BY bucket DESC LIMIT asked.most + 1
    ) AS latest`,
});

const BUCKETS = Object.fromEntries(AGGREGATES.map((name) => [name, bucketsOf(name)])) as Record<
  Aggregate,
  PreparedStatement
>;
