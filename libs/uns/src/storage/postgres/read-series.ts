import type { JsonValue } from '#kernel';
import { prepared } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { ReadSeries, SeriesRead } from '../../series/series';
import { RAW, statementOf } from './series-statements';

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

/** One statement for all raw series, and one for those of each aggregate, of fields or not. */
export async function readSeries(
  manager: EntityManager,
  organizationId: string,
  reads: readonly SeriesRead[],
): Promise<ReadSeries[]> {
  const found: ReadSeries[] = reads.map(() => ({ points: [], truncated: false }));
  const places = reads.map((_, place) => place);
  for (const [statement, of] of Map.groupBy(places, (place) => statementOf(reads[place]!))) {
    const columns = [organizationId, ...columnsOf(reads, of)];
    if (statement === RAW) {
      const bytes = of.map((place) => reads[place]!.bytes);
      takeRecords(found, await prepared<RawRow>(manager, RAW, [...columns, bytes]));
    } else {
      const rows = await prepared<BucketRow>(manager, statement, [...columns, ...bucketColumnsOf(reads, of)]);
      takeBuckets(found, rows, reads);
    }
  }
  for (const { points } of found) points.reverse();
  return found;
}

function takeRecords(found: readonly ReadSeries[], rows: readonly RawRow[]): void {
  for (const { place, at, number, value, present, told } of rows) {
    const series = found[place]!;
    if (!told) series.truncated = true;
    else if (present) series.points.push([at, number ?? value]);
  }
}

function takeBuckets(found: readonly ReadSeries[], rows: readonly BucketRow[], reads: readonly SeriesRead[]): void {
  for (const { place, at, value, count } of rows) {
    const series = found[place]!;
    if (series.points.length === reads[place]!.limit) series.truncated = true;
    else series.points.push([at, value, count]);
  }
}

function columnsOf(reads: readonly SeriesRead[], places: readonly number[]): unknown[] {
  const of = places.map((place) => reads[place]!);
  return [
    places,
    of.map(({ topicId }) => topicId),
    of.map(({ field }) => field),
    of.map(({ from }) => timeOf(from)),
    of.map(({ to }) => timeOf(to)),
    of.map(({ limit }) => limit),
  ];
}

function bucketColumnsOf(reads: readonly SeriesRead[], places: readonly number[]): unknown[] {
  const buckets = places.map((place) => reads[place]!.buckets!);
  return [
    buckets.map(({ milliseconds }) => `${milliseconds} milliseconds`),
    buckets.map(({ origin }) => timeOf(origin)),
  ];
}

const timeOf = (epochMs: number): string => new Date(epochMs).toISOString();
