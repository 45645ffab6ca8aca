import { invalid, parseTimestamp } from '#kernel';
import type { TimeRange } from './dashboard-content';

const RELATIVE = /^now(?:-([1-9]\d{0,6})([smhd]))?$/;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Of a dashboard's time: ten years. */
const LONGEST_DAYS = 3_660;

/** From inclusive, to exclusive, in epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** Epoch milliseconds of `now`, `now-15m` or an RFC 3339 text; of digits where a call gives epoch milliseconds. */
function timeOf(text: string, now: number): number | undefined {
  const [relative, count, unit] = RELATIVE.exec(text) ?? [];
  if (relative === undefined) return parseTimestamp(/^-?\d+$/.test(text) ? Number(text) : text);
  return parseTimestamp(now - (count === undefined ? 0 : Number(count) * UNITS[unit!]!));
}

/**
 * The time that a range names at a moment.
 * @param place what stands ahead of `from` and `to` in names of fields: `timeRange.`
 * @throws DomainError `bad_request`
 */
export function spanOf(range: TimeRange, now: number, place = ''): Span {
  const read = (field: 'from' | 'to'): number => {
    const time = timeOf(range[field], now);
    if (time !== undefined) return time;
    const title = field === 'from' ? 'From' : 'To';
    throw invalid({ field: place + field, message: `${title} must be now, now-1h (s, m, h, d) or RFC 3339` });
  };
  const [from, to] = [read('from'), read('to')];
  if (from >= to) throw invalid({ field: `${place}from`, message: 'From must be earlier than to' });
  if (to - from > LONGEST_DAYS * UNITS.d!) {
    throw invalid({ field: `${place}from`, message: `From must be at most ${LONGEST_DAYS} days before to` });
  }
  return { from, to };
}
