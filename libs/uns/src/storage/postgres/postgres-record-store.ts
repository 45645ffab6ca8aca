import type { JsonValue } from '#kernel';
import { asOwner, dropTimePartitions, type Database, type DatabaseAccess } from '#platform/database';
import { AGGREGATE_SQL } from '../../history/aggregate';
import { ensurePartitions, RECORDS } from '../../history/partitions';
import { QUALITIES } from '../../record';
import type { ReadSeries, SeriesRead } from '../../series/series';
import type {
  AppendedRows,
  Bucket,
  BucketRequest,
  HistoryStretch,
  RecordStore,
  StoredRecord,
  TopicAge,
  TopicCounts,
  TopicRecord,
} from '../record-store';
import { dropChunks } from './hypertable';
import { insertOnce, insertRecords } from './insert';
import { readSeries } from './read-series';

export interface RecordColumns {
  id: string;
  timestamp: Date;
  received_at: Date;
  quality: number;
  source: string | null;
  number: number | null;
  value: JsonValue;
  reason: string | null;
}

const COLUMNS = 'id, "timestamp", received_at, quality, source, number, value, reason';

/** Conditions on one topic's stretch: $1 topic, $2 organization, $3 from, $4 to. */
const STRETCH = `topic_id = $1 AND organization_id = $2
  AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')`;

export const toStored = (row: RecordColumns): StoredRecord => ({
  id: row.id,
  value: row.number ?? row.value,
  source: row.source,
  timestamp: row.timestamp.toISOString(),
  receivedAt: row.received_at.toISOString(),
  quality: QUALITIES[row.quality]!,
  ...(row.reason !== null && { reason: row.reason }),
});

/** Records in PostgreSQL: in the main database, or in another one that has the same table. */
export class PostgresRecordStore implements RecordStore {
  constructor(
    private readonly database: Database,
    private readonly access: DatabaseAccess,
    private readonly isHypertable = false,
  ) {}

  append(
    organizationIds: readonly string[],
    { fresh, keyed }: AppendedRows,
    before: (inserted: Set<string>) => Promise<void>,
  ): Promise<void> {
    return this.database.inOrganizations(organizationIds, async (manager) => {
      await insertRecords(manager, fresh);
      await before(await insertOnce(manager, keyed));
    });
  }

  async recent(
    organizationId: string,
    topicId: string,
    { from, to, limit }: Pick<HistoryStretch, 'from' | 'to' | 'limit'>,
  ): Promise<StoredRecord[]> {
    const rows = await this.query<RecordColumns>(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_records WHERE ${STRETCH} ORDER BY "timestamp" DESC, id DESC LIMIT $5`,
      [topicId, organizationId, from, to, limit],
    );
    return rows.map(toStored);
  }

  async range(
    organizationId: string,
    topicId: string,
    { from, to, after, limit }: HistoryStretch,
  ): Promise<StoredRecord[]> {
    const rows = await this.query<RecordColumns>(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_records WHERE ${STRETCH}
         AND ($5::timestamptz IS NULL OR ("timestamp", id) > ($5::timestamptz, $6::uuid))
       ORDER BY "timestamp", id LIMIT $7`,
      [topicId, organizationId, from, to, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map(toStored);
  }

  async buckets(
    organizationId: string,
    topicId: string,
    { from, to, after, limit }: HistoryStretch,
    { milliseconds, aggregate, field }: BucketRequest,
  ): Promise<Bucket[]> {
    const parameters = [topicId, organizationId, from, to, milliseconds, after?.[0] ?? null, limit];
    const rows = await this.query<{ bucket: Date; value: number | null; count: string }>(
      organizationId,
      // `OFFSET 0`: or the server sorts all records by their buckets, in order to sort some hundred buckets.
      `SELECT * FROM (
         SELECT date_bin($5::float8 * interval '1 ms', "timestamp", timestamptz 'epoch') AS bucket,
                ${AGGREGATE_SQL[aggregate]} AS value, count(*) AS count
         FROM (SELECT id, "timestamp", ${field ? NUMBER_IN_FIELD : 'number'} AS v FROM uns_records
               WHERE ${STRETCH} AND ($6::timestamptz IS NULL OR "timestamp" >= $6::timestamptz)) AS numbers
         WHERE v IS NOT NULL GROUP BY bucket OFFSET 0
       ) AS buckets ORDER BY bucket LIMIT $7`,
      field ? [...parameters, field] : parameters,
    );
    return rows.map(({ bucket, value, count }) => ({ timestamp: bucket.toISOString(), value, count: Number(count) }));
  }

  async holdsObjects(organizationId: string, topicId: string, { from, to }: HistoryStretch): Promise<boolean> {
    const parameters = [topicId, organizationId, from, to];
    // Whether there is anything but numbers is told by the index alone.
    const others = `SELECT 1 FROM uns_records WHERE ${STRETCH} AND number IS NULL`;
    if ((await this.query(organizationId, `${others} LIMIT 1`, parameters)).length === 0) return false;
    const objects = `${others} AND value IS NOT NULL AND json_typeof(value) IN ('object', 'array') LIMIT 1`;
    return (await this.query(organizationId, objects, parameters)).length > 0;
  }

  async lastIn(organizationId: string, topicIds: readonly string[], from: Date, to: Date): Promise<TopicRecord[]> {
    const parameters = [topicIds, organizationId, from, to];
    const rows = await this.query<RecordColumns & { topic_id: string }>(organizationId, LAST_IN, parameters);
    return rows.map((row) => ({ ...toStored(row), topicId: row.topic_id }));
  }

  async series(organizationId: string, reads: readonly SeriesRead[]): Promise<ReadSeries[]> {
    if (reads.length === 0) return [];
    return this.database.inOrganization(organizationId, (manager) => readSeries(manager, organizationId, reads));
  }

  async counts(organizationId: string, topicId: string, now: Date): Promise<TopicCounts> {
    const [row] = await this.query<Record<'minute' | 'hour' | 'day', string> & { first: Date | null }>(
      organizationId,
      `SELECT count(*) FILTER (WHERE "timestamp" > $3::timestamptz - interval '1 minute') AS minute,
              count(*) FILTER (WHERE "timestamp" > $3::timestamptz - interval '1 hour') AS hour, count(*) AS day,
              (SELECT min("timestamp") FROM uns_records WHERE topic_id = $1 AND organization_id = $2) AS first
       FROM uns_records WHERE topic_id = $1 AND organization_id = $2
         AND "timestamp" > $3::timestamptz - interval '1 day' AND "timestamp" <= $3`,
      [topicId, organizationId, now],
    );
    const { minute, hour, day, first } = row!;
    return { minute: Number(minute), hour: Number(hour), day: Number(day), first: first?.toISOString() ?? null };
  }

  async countsIn(
    organizationId: string,
    topicIds: readonly string[],
    { from, to }: { from: Date; to: Date },
    most: number,
  ): Promise<Map<string, number>> {
    const rows = await this.query<{ id: string; count: number }>(
      organizationId,
      `SELECT t.id, c.count FROM unnest($1::uuid[]) AS t (id) CROSS JOIN LATERAL (
         SELECT count(*)::int AS count FROM (
           SELECT FROM uns_records
           WHERE topic_id = t.id AND organization_id = $2 AND "timestamp" >= $3 AND "timestamp" < $4 LIMIT $5
         ) AS those
       ) c`,
      [topicIds, organizationId, from, to, most],
    );
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  async removeOf(organizationId: string, topicId: string, olderThan: Date | null, limit: number): Promise<number> {
    const removed = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<[unknown, number]>(REMOVE, [topicId, organizationId, olderThan, limit]),
    );
    return removed[1];
  }

  async removeOlder(organizationId: string, topics: readonly TopicAge[], mostOfEach: number): Promise<number> {
    const ids = topics.map(({ id }) => id);
    const times = topics.map(({ olderThan }) => olderThan);
    const removed = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<[unknown, number]>(REMOVE_OLDER, [ids, times, organizationId, mostOfEach]),
    );
    return removed[1];
  }

  async prepare(): Promise<void> {
    if (!this.isHypertable) await asOwner(this.access, ensurePartitions);
  }

  async dropOlder(time: Date): Promise<void> {
    await asOwner(this.access, async (owner) => {
      if (this.isHypertable) await dropChunks(owner, time);
      else await dropTimePartitions(owner, RECORDS, time);
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(sql, parameters));
  }
}

const NUMBER_IN_FIELD = `CASE WHEN json_typeof(value #> $8::text[]) = 'number' THEN (value #>> $8::text[])::float8 END`;

const LAST_IN = `
  SELECT t.id AS topic_id, r.* FROM unnest($1::uuid[]) AS t (id)
  CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM uns_records
    WHERE topic_id = t.id AND organization_id = $2 AND "timestamp" >= $3 AND "timestamp" < $4
    ORDER BY "timestamp" DESC, id DESC LIMIT 1
  ) r`;

/** Row by row by the primary key: places in a table name rows of one partition alone. */
const REMOVE = `
  DELETE FROM uns_records r USING (
    SELECT topic_id, "timestamp", id FROM uns_records
    WHERE topic_id = $1 AND organization_id = $2 AND "timestamp" < coalesce($3::timestamptz, 'infinity') LIMIT $4
  ) gone
  WHERE r.topic_id = gone.topic_id AND r."timestamp" = gone."timestamp" AND r.id = gone.id`;

const REMOVE_OLDER = `
  DELETE FROM uns_records r USING unnest($1::uuid[], $2::timestamptz[]) AS t (id, older_than)
  CROSS JOIN LATERAL (
    SELECT topic_id, "timestamp", id FROM uns_records
    WHERE topic_id = t.id AND organization_id = $3 AND "timestamp" < t.older_than ORDER BY "timestamp" LIMIT $4
  ) gone
  WHERE r.topic_id = gone.topic_id AND r."timestamp" = gone."timestamp" AND r.id = gone.id`;
