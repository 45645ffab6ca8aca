/** As dashboards keep it: `now-6h` / `now`, or RFC 3339. */
export interface TimeRange {
  from: string;
  to: string;
}

export interface Span {
  from: number;
  to: number;
}

const UNITS: Readonly<Record<string, [milliseconds: number, name: string]>> = {
  s: [1_000, 'second'],
  m: [60_000, 'minute'],
  h: [3_600_000, 'hour'],
  d: [86_400_000, 'day'],
};

const RELATIVE = /^now(?:-(\d{1,5})([smhd]))?$/;

export const PRESETS = ['5m', '15m', '1h', '3h', '6h', '12h', '24h', '2d', '7d'] as const;

export const last = (duration: string): TimeRange => ({ from: `now-${duration}`, to: 'now' });

/** Milliseconds since the epoch; undefined for what is no time. */
export function resolve(time: string, now: number): number | undefined {
  const relative = RELATIVE.exec(time);
  if (relative) return now - Number(relative[1] ?? 0) * (UNITS[relative[2] ?? 's']?.[0] ?? 0);
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The span now; an hour where the range makes no sense. */
export function spanOf({ from, to }: TimeRange, now: number): Span {
  const span = { from: resolve(from, now), to: resolve(to, now) };
  if (span.from === undefined || span.to === undefined || span.from >= span.to)
    return { from: now - 3_600_000, to: now };
  return { from: span.from, to: span.to };
}

/** It ends now, so that new values belong to it. */
export const isLive = ({ to }: TimeRange): boolean => to === 'now';

export function describe(range: TimeRange): string {
  const [, amount, unit] = RELATIVE.exec(range.from) ?? [];
  if (isLive(range) && amount !== undefined) {
    const name = UNITS[unit!]![1];
    return `Last ${amount} ${name}${amount === '1' ? '' : 's'}`;
  }
  const now = Date.now();
  const { from, to } = spanOf(range, now);
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return format.formatRange(from, to);
}

/** For a field of type datetime-local, in the time of whoever reads it. */
export function toLocalInput(time: number): string {
  const shifted = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

export const toRange = ({ from, to }: Span): TimeRange => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

const BUCKETS = [1, 2, 5, 10, 15, 30]
  .flatMap((n) => [n, n * 60])
  .concat([3_600, 7_200, 10_800, 21_600, 43_200, 86_400]);

/** The smallest bucket by which a span has no more than so many: `30s`, `5m`, `1h`. */
export function bucketFor({ from, to }: Span, most: number): string {
  const seconds = (to - from) / 1000 / most;
  const bucket = [...BUCKETS].sort((a, b) => a - b).find((length) => length >= seconds) ?? 86_400;
  if (bucket % 86_400 === 0) return `${bucket / 86_400}d`;
  if (bucket % 3_600 === 0) return `${bucket / 3_600}h`;
  return bucket % 60 === 0 ? `${bucket / 60}m` : `${bucket}s`;
}

/** `30s` in milliseconds. */
export function durationOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit!]![0];
}
