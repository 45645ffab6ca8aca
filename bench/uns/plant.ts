import type pg from 'pg';
import { progress } from '../lib/benchmark.ts';
import { built } from '../lib/built.ts';
import type { BenchDatabase } from '../lib/database.ts';
import { whole } from '../lib/markdown.ts';

/*
 * A plant's history, made by SQL: 100,000 topics of which 10,000 are measured; some of these once a second in the last
 * day, the others now and then in the last 30 days. Records lie in the order of time, as they would have come.
 */

/** Seconds of a topic that is measured each second. */
export const DAY_SECONDS = 86_400;
const DAYS = 30;
const MEASURED = 10_000;

export interface Plant {
  organizationId: string;
  /** The first instant of the last day, epoch milliseconds: a multiple of a day. */
  dayBegins: number;
  topics: number;
}

export const pathOf = (number: number): string =>
  `mHv1.0/plant-${number % 10}/area-${Math.floor(number / 10) % 10}/line-${Math.floor(number / 100) % 10}/tag-${Math.floor(number / 1_000)}`;

/** Number `n` of the measured topics, all of which lie in one branch of 10,000; the first ones are measured each second. */
export const measured = (n: number): string => pathOf(10 * n);
export const BRANCH = 'mHv1.0/plant-0';

/** @param count leaves; their parents come on top. */
export async function makeTopics(database: BenchDatabase, organizationId: string, count: number): Promise<void> {
  progress(`making ${whole(count)} topics`);
  await database.query(
    `WITH leaves AS (
         SELECT format('mHv1.0/plant-%s/area-%s/line-%s/tag-%s', n % 10, n / 10 % 10, n / 100 % 10, n / 1000) AS path
         FROM generate_series(0, $2::int - 1) AS n
       ), paths AS (
         SELECT DISTINCT array_to_string((string_to_array(path, '/'))[1:depth], '/') AS path FROM leaves, generate_series(2, 5) AS depth
       )
       INSERT INTO uns_topics (id, organization_id, path, parent_path, name)
       SELECT gen_random_uuid(), $1, path, nullif(regexp_replace(path, '/[^/]*$', ''), 'mHv1.0'), regexp_replace(path, '^.*/', '')
       FROM paths ON CONFLICT DO NOTHING`,
    [organizationId, count],
  );
  await database.query(
    `UPDATE uns_topics t SET children = counted.children
     FROM (SELECT parent_path, count(*) AS children FROM uns_topics WHERE organization_id = $1 GROUP BY parent_path) counted
     WHERE t.organization_id = $1 AND t.path = counted.parent_path`,
    [organizationId],
  );
  await database.asOwner((owner) => owner.query('VACUUM (ANALYZE) uns_topics'));
}

/** Adds records until there are `to`. */
export async function addRecords(database: BenchDatabase, plant: Plant, from: number, to: number): Promise<void> {
  progress(`storing ${whole(to)} records`);
  // A fifth of them, and one topic at least.
  const hot = (total: number): number => Math.max(1, Math.floor(total / 5 / DAY_SECONDS));
  const [hotFrom, hotTo] = [from === 0 ? 0 : hot(from), hot(to)];
  const others = to - hotTo * DAY_SECONDS - (from - hotFrom * DAY_SECONDS);
  await database.asOwner((owner) => makePartitions(owner, plant));
  await database.query(INSERT, [
    plant.organizationId,
    new Date(plant.dayBegins),
    hotFrom,
    hotTo - 1,
    others,
    MEASURED,
    from,
  ]);
  await database.query(
    `INSERT INTO uns_topic_days SELECT DISTINCT organization_id, topic_id, ("timestamp" AT TIME ZONE 'UTC')::date FROM uns_records
     ON CONFLICT DO NOTHING`,
  );
  await database.asOwner((owner) => owner.query('VACUUM (ANALYZE) uns_records, uns_topic_days'));
}

async function makePartitions(owner: pg.Client, { dayBegins }: Plant): Promise<void> {
  const { ensureTimePartitionsAt } = built<{
    ensureTimePartitionsAt(owner: pg.Client, spec: object, times: Date[]): Promise<void>;
  }>('#platform/database');
  const { RECORDS } = built<{ RECORDS: object }>('./dist/libs/uns/src/history/partitions.js');
  const days = Array.from({ length: DAYS + 1 }, (_, day) => new Date(dayBegins - day * DAY_SECONDS * 1_000));
  await ensureTimePartitionsAt(owner, RECORDS, days);
}

const PATH = `format('mHv1.0/plant-%s/area-%s/line-%s/tag-%s', n % 10, n / 10 % 10, n / 100 % 10, n / 1000)`;

const INSERT = `
  INSERT INTO uns_records (organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value)
  SELECT $1, topic.id, gen_random_uuid(), at, at + interval '5 ms', 0, 'plc', 20 + 5 * sin(extract(epoch from at) / 3600), NULL
  FROM (
    SELECT 10 * n AS n, $2::timestamptz + s * interval '1 s' AS at
    FROM generate_series($3::int, $4::int) AS n, generate_series(0, ${DAY_SECONDS - 1}) AS s
    UNION ALL
    SELECT 10 * (100 + (k + $7::bigint) % ($6::int - 100)),
           $2::timestamptz - interval '${DAYS - 1} days' + (k::float8 / greatest($5::bigint, 1)) * interval '${DAYS} days'
    FROM generate_series(0, $5::bigint - 1) AS k
  ) AS points
  JOIN uns_topics topic ON topic.organization_id = $1 AND topic.path = ${PATH}
  ORDER BY at`;
