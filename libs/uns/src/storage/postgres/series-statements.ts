import type { PreparedStatement } from '#platform/database';
import { AGGREGATES, AGGREGATE_SQL, type Aggregate } from '../../history/aggregate';
import type { SeriesRead } from '../../series/series';

/*
 * One statement for all series of a shape: a row of `asked` for each, and what is read of it by an index scan of its own.
 * `place` says in the answer which it belongs to. The latest come first, and one more than asked for says that there are
 * more.
 */

// Materialized: what is computed here is computed once a series, not once a record.
const asked = (moreColumns: string, moreNames: string): string => `
  WITH asked AS MATERIALIZED (
    SELECT place, topic_id, string_to_array(field, '.') AS path, begin_at, end_at, most${moreNames}
    FROM unnest($2::int[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[]${moreColumns})
      AS given (place, topic_id, field, begin_at, end_at, most${moreNames})
  )`;

const STRETCH = `topic_id = asked.topic_id AND organization_id = $1
  AND "timestamp" >= asked.begin_at AND "timestamp" < asked.end_at`;

const epochMs = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

/** Records as they are, or their fields. One without the field is not present: it is no point. */
export const RAW: PreparedStatement = {
  name: 'uns.series.raw',
  text: `${asked(', $8::int[]', ', bytes')}
    SELECT asked.place, record.at, record.number, CASE WHEN record.fits THEN record.value END AS value,
           record.number IS NOT NULL OR record.value IS NOT NULL AS present,
           record.fits AND record.rank <= asked.most AS told
    FROM asked CROSS JOIN LATERAL (
      SELECT ${epochMs('"timestamp"')} AS at, number, value, row_number() OVER latest_first AS rank,
             coalesce(sum(octet_length(value::text)) OVER latest_first, 0) <= asked.bytes AS fits
      FROM (
        SELECT "timestamp", id, CASE WHEN asked.path IS NULL THEN number END AS number,
               CASE WHEN asked.path IS NULL THEN value ELSE value #> asked.path END AS value
        FROM uns_records WHERE ${STRETCH} ORDER BY "timestamp" DESC, id DESC LIMIT asked.most + 1
      ) AS latest
      WINDOW latest_first AS (ORDER BY "timestamp" DESC, id DESC)
    ) AS record`,
};

/** The number of a record as column `v`. */
const NUMBERS = {
  value: 'number',
  field: `CASE WHEN json_typeof(value #> asked.path) = 'number' THEN (value #>> asked.path)::float8 END`,
} as const;

type Source = keyof typeof NUMBERS;

// `OFFSET 0`: or the server sorts all records by their buckets, in order to sort some hundred buckets.
const buckets = (aggregate: Aggregate, source: Source): PreparedStatement => ({
  name: `uns.series.${aggregate}.${source}`,
  text: `${asked(', $8::interval[], $9::timestamptz[]', ', width, origin')}
    SELECT asked.place, ${epochMs('latest.bucket')} AS at, latest.value, latest.count
    FROM asked CROSS JOIN LATERAL (
      SELECT bucket, value, count FROM (
        SELECT date_bin(asked.width, "timestamp", asked.origin) AS bucket, ${AGGREGATE_SQL[aggregate]} AS value,
               count(*)::float8 AS count
        FROM (SELECT id, "timestamp", ${NUMBERS[source]} AS v FROM uns_records WHERE ${STRETCH}) AS numbers
        WHERE v IS NOT NULL GROUP BY bucket OFFSET 0
      ) AS buckets
      ORDER BY bucket DESC LIMIT asked.most + 1
    ) AS latest`,
});

const BUCKETS = Object.fromEntries(
  AGGREGATES.map((aggregate) => [
    aggregate,
    { value: buckets(aggregate, 'value'), field: buckets(aggregate, 'field') },
  ]),
) as Record<Aggregate, Record<Source, PreparedStatement>>;

/** By which a series is read. */
export const statementOf = ({ buckets: wanted, field }: Pick<SeriesRead, 'buckets' | 'field'>): PreparedStatement =>
  wanted === null ? RAW : BUCKETS[wanted.aggregate][field === null ? 'value' : 'field'];
