const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Buckets of a time for which no width is given. */
export const MOST_BUCKETS = 500;

/** Widths that people read from an axis at once, the smallest first. */
const WIDTHS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((count) => count * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map((count) => count * HOUR),
  ...[1, 2, 3, 5, 7, 10].map((count) => count * DAY),
];

/** The smallest readable width by which a time becomes at most 500 buckets; they are aligned, so both ends may be cut. */
export const widthFor = (milliseconds: number): number =>
  WIDTHS.find((width) => Math.ceil(milliseconds / width) + 1 <= MOST_BUCKETS) ??
  Math.ceil(milliseconds / (MOST_BUCKETS - 1));

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', 1],
] as const;

/** 90000 → `90s`: in the largest unit that it is whole in. */
export function widthText(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => milliseconds % size === 0)!;
  return `${milliseconds / size}${unit}`;
}
