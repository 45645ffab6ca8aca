import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { ReadSeries, SeriesRead } from './series';

/** The last value of a topic; no point where it lacks the field, or is too large. */
export interface LatestPoint extends ReadSeries {
  /** Epoch milliseconds. */
  at: number;
}

interface Row {
  place: number;
  at: number;
  number: number | null;
  value: JsonValue;
  present: boolean;
  fits: boolean;
}

/** The last values, kept or not, of topics of which not every value is kept; see ingest/latest-values.ts. */
@Injectable()
export class LatestPoints {
  constructor(private readonly database: Database) {}

  /** By the places of the reads; nothing for other topics, and for those whose last value came after the end. */
  async read(organizationId: string, reads: readonly SeriesRead[]): Promise<(LatestPoint | undefined)[]> {
    const found: (LatestPoint | undefined)[] = reads.map(() => undefined);
    if (reads.length === 0) return found;
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<Row[]>(LATEST, [
        organizationId,
        reads.map((_, place) => place),
        reads.map(({ topicId }) => topicId),
        reads.map(({ field }) => field),
        reads.map(({ to }) => new Date(to).toISOString()),
        reads.map(({ bytes }) => bytes),
      ]),
    );
    for (const { place, at, number, value, present, fits } of rows) {
      found[place] = { at, points: present && fits ? [[at, number ?? value]] : [], truncated: !fits };
    }
    return found;
  }
}

const LATEST = `
  SELECT place, at, number, CASE WHEN fits THEN value END AS value, number IS NOT NULL OR value IS NOT NULL AS present, fits
  FROM (
    SELECT *, coalesce(octet_length(value::text), 0) <= bytes AS fits
    FROM (
      SELECT asked.place, asked.bytes, (extract(epoch FROM "timestamp") * 1000)::float8 AS at,
             CASE WHEN asked.field IS NULL THEN number END AS number,
             CASE WHEN asked.field IS NULL THEN value ELSE value #> string_to_array(asked.field, '.') END AS value
      FROM unnest($2::int[], $3::uuid[], $4::text[], $5::timestamptz[], $6::int[])
        AS asked (place, topic_id, field, end_at, bytes)
      JOIN uns_latest latest ON latest.organization_id = $1 AND latest.topic_id = asked.topic_id
        AND latest."timestamp" < asked.end_at
    ) AS last
  ) AS measured`;
