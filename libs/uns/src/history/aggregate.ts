export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last'] as const;
/** What a bucket tells of the values in it. */
export type Aggregate = (typeof AGGREGATES)[number];

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1m` → 60000. The form was checked before; the longest width is 1000 days. */
export function bucketMilliseconds(width: string): number | undefined {
  const [, count, unit] = /^(\d+)([a-z]+)$/.exec(width)!;
  const milliseconds = Number(count) * UNITS[unit!]!;
  return milliseconds <= 1_000 * UNITS.d! ? milliseconds : undefined;
}

/** SQL of an aggregate over the column `v`, in time order for the first and the last. */
export const AGGREGATE_SQL: Record<Aggregate, string> = {
  avg: 'avg(v)',
  min: 'min(v)',
  max: 'max(v)',
  sum: 'sum(v)',
  count: 'count(*)::float8',
  first: '(array_agg(v ORDER BY "timestamp", id))[1]',
  last: '(array_agg(v ORDER BY "timestamp" DESC, id DESC))[1]',
};
