import type { JsonValue } from '#kernel';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { AGGREGATE_SQL, type Aggregate } from './aggregate';
import { QUALITIES, type RecordView } from '../record';

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

interface Row {
  id: string;
  timestamp: Date;
  received_at: Date;
  quality: number;
  source: string | null;
  number: number | null;
  value: JsonValue;
}

const COLUMNS = 'id, "timestamp", received_at, quality, source, number, value';

const toStored = (row: Row): StoredRecord => ({
  id: row.id,
  value: row.number ?? row.value,
  source: row.source,
  timestamp: row.timestamp.toISOString(),
  receivedAt: row.received_at.toISOString(),
  quality: QUALITIES[row.quality]!,
});

/** Reads history. A row's id breaks ties between equal timestamps, in the order of arrival. */
@Injectable()
export class RecordsRepository {
  constructor(private readonly database: Database) {}

  /** The latest of a stretch, newest first. */
  async recent(
    organizationId: string,
    topicId: string,
    { from, to, limit }: Pick<HistoryStretch, 'from' | 'to' | 'limit'>,
  ): Promise<StoredRecord[]> {
    const rows = await this.query<Row>(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_records WHERE topic_id = $1 AND organization_id = $2
         AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')
       ORDER BY "timestamp" DESC, id DESC LIMIT $5`,
      [topicId, organizationId, from, to, limit],
    );
    return rows.map(toStored);
  }

  /** Oldest first. */
  async range(
    organizationId: string,
    topicId: string,
    { from, to, after, limit }: HistoryStretch,
  ): Promise<StoredRecord[]> {
    const rows = await this.query<Row>(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_records WHERE topic_id = $1 AND organization_id = $2
         AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')
         AND ($5::timestamptz IS NULL OR ("timestamp", id) > ($5::timestamptz, $6::uuid))
       ORDER BY "timestamp", id LIMIT $7`,
      [topicId, organizationId, from, to, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
    return rows.map(toStored);
  }

  /** Buckets stamped at their start, aligned to the UTC epoch; empty ones are left out. */
  async buckets(
    organizationId: string,
    topicId: string,
    { from, to, after, limit }: HistoryStretch,
    { milliseconds, aggregate, field }: BucketRequest,
  ): Promise<Bucket[]> {
    const parameters = [topicId, organizationId, from, to, milliseconds, after?.[0] ?? null, limit];
    const rows = await this.query<{ bucket: Date; value: number | null; count: string }>(
      organizationId,
      `SELECT date_bin($5::float8 * interval '1 ms', "timestamp", timestamptz 'epoch') AS bucket,
              ${AGGREGATE_SQL[aggregate]} AS value, count(*) AS count
       FROM (SELECT id, "timestamp", ${field ? NUMBER_IN_FIELD : 'number'} AS v FROM uns_records
             WHERE topic_id = $1 AND organization_id = $2
               AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')
               AND ($6::timestamptz IS NULL OR "timestamp" >= $6::timestamptz)) AS numbers
       WHERE v IS NOT NULL GROUP BY bucket ORDER BY bucket LIMIT $7`,
      field ? [...parameters, field] : parameters,
    );
    return rows.map(({ bucket, value, count }) => ({ timestamp: bucket.toISOString(), value, count: Number(count) }));
  }

  /** Whether the stretch holds an object, which has no number without a field. */
  async holdsObjects(organizationId: string, topicId: string, { from, to }: HistoryStretch): Promise<boolean> {
    const rows = await this.query(
      organizationId,
      `SELECT 1 FROM uns_records WHERE topic_id = $1 AND organization_id = $2 AND value IS NOT NULL
         AND "timestamp" >= coalesce($3::timestamptz, '-infinity') AND "timestamp" < coalesce($4::timestamptz, 'infinity')
         AND json_typeof(value) IN ('object', 'array') LIMIT 1`,
      [topicId, organizationId, from, to],
    );
    return rows.length > 0;
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(sql, parameters));
  }
}

const NUMBER_IN_FIELD = `CASE WHEN json_typeof(value #> $8::text[]) = 'number' THEN (value #>> $8::text[])::float8 END`;
