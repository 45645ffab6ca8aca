const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How durations are written, as a pattern for schemas: `500ms`, `1.5s`, `10m`, `2h`, `1d`. */
export const DURATION_PATTERN = '^\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h|d)$';

const DURATION = new RegExp(DURATION_PATTERN);

/** Whole milliseconds of `500ms`, `1.5s`, `10m`, `2h` or `1d`; undefined for anything else. */
export function durationMilliseconds(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const unit = /[a-z]+$/.exec(text)![0];
  return Math.round(Number.parseFloat(text) * UNITS[unit]!);
}
