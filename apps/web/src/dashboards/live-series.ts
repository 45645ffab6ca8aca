import type { Aggregate, PanelData, Point, Query, Series, UnsRecord } from '../api/types';
import { durationOf } from './time-range';
import { fieldOf, matches } from './topic-filter';

/** As many as the server gives at once; older ones go. */
const MOST_POINTS = 2_000;
const MOST_SERIES = 50;

/**
 * The data of one panel with new records in it, as reading it again would give: raw values are appended, buckets go on.
 * The same object where nothing of it is the panel's. Points before `oldest` leave.
 */
export function appended(data: PanelData, queries: readonly Query[], records: readonly UnsRecord[], oldest: number) {
  const ours = records.filter(({ topic }) => queries.some((query) => matches(query.topic, topic)));
  if (ours.length === 0) return data;
  const series = data.series.map((one) =>
    grown(
      one,
      ours.filter(({ topic }) => topic === one.topic),
      oldest,
    ),
  );
  return { ...data, series: [...series, ...unknownOnes(series, queries, ours, oldest)] };
}

/** Topics that were made since the panel was read, where a filter asks for them. */
function unknownOnes(known: Series[], queries: readonly Query[], records: UnsRecord[], oldest: number): Series[] {
  const added: Series[] = [];
  for (const { topic } of records) {
    for (const query of queries) {
      const same = (one: Series): boolean => one.topic === topic && (one.field ?? '') === (query.field ?? '');
      if (!matches(query.topic, topic) || known.some(same) || added.some(same)) continue;
      if (known.length + added.length >= MOST_SERIES) return added;
      const bucket = known.find((one) => one.aggregate === query.aggregate)?.bucket ?? query.bucket;
      const empty: Series = { ...query, topic, bucket, points: [] };
      added.push(
        grown(
          empty,
          records.filter((record) => record.topic === topic),
          oldest,
        ),
      );
    }
  }
  return added;
}

function grown(series: Series, records: UnsRecord[], oldest: number): Series {
  if (records.length === 0 || series.problem !== undefined) return series;
  const points = [...series.points];
  const length = durationOf(series.bucket ?? '');
  for (const record of records) {
    const value = fieldOf(record.value, series.field);
    const time = Date.parse(record.timestamp);
    if (value === undefined) continue;
    if (!series.aggregate) insert(points, [time, value]);
    else addToBucket(points, bucketOf(time, length, points), value, series.aggregate);
  }
  const from = Math.max(
    points.findIndex(([time]) => time >= oldest),
    points.length - MOST_POINTS,
    0,
  );
  return { ...series, points: from > 0 ? points.slice(from) : points };
}

/** The start of the bucket; one that has no length is of the whole time. */
const bucketOf = (time: number, length: number | undefined, points: readonly Point[]): number =>
  length === undefined ? (points.at(-1)?.[0] ?? time) : Math.floor(time / length) * length;

/** In order of time, also what comes late; the same value twice, after a reconnect, is one. */
function insert(points: Point[], point: Point): void {
  let at = points.length;
  while (at > 0 && points[at - 1]![0] > point[0]) at--;
  const before = points[at - 1];
  if (before?.[0] === point[0]) points[at - 1] = point;
  else points.splice(at, 0, point);
}

function addToBucket(points: Point[], start: number, value: unknown, aggregate: Aggregate): void {
  const at = points.findLastIndex(([time]) => time === start);
  if (at >= 0) {
    points[at] = merged(points[at]!, value, aggregate);
    return;
  }
  if (typeof value !== 'number' && !['count', 'first', 'last'].includes(aggregate)) return;
  insert(points, [start, aggregate === 'count' ? 1 : value, 1]);
}

function merged([time, old, count = 1]: Point, value: unknown, aggregate: Aggregate): Point {
  if (aggregate === 'count') return [time, Number(old) + 1, count + 1];
  if (aggregate === 'first') return [time, old, count + 1];
  if (aggregate === 'last') return [time, value, count + 1];
  if (typeof value !== 'number' || typeof old !== 'number') return [time, old, count];
  const result = {
    avg: (old * count + value) / (count + 1),
    min: Math.min(old, value),
    max: Math.max(old, value),
    sum: old + value,
  }[aggregate];
  return [time, result, count + 1];
}
