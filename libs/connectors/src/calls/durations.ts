/** Upper bounds of the classes in which durations are counted, in milliseconds; the last class has none. */
export const DURATION_BOUNDS = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000,
  60_000, 120_000, 300_000,
] as const;

export const noDurations = (): number[] => new Array<number>(DURATION_BOUNDS.length + 1).fill(0);

export function classOf(milliseconds: number): number {
  const index = DURATION_BOUNDS.findIndex((bound) => milliseconds <= bound);
  return index === -1 ? DURATION_BOUNDS.length : index;
}

/** Milliseconds within which that share (0–1) took place, by linear interpolation within its class; null where there is none. */
export function quantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const lower = index === 0 ? 0 : DURATION_BOUNDS[index - 1]!;
      const upper = DURATION_BOUNDS[index] ?? lower;
      return Math.round((lower + (upper - lower) * (left / count)) * 100) / 100;
    }
    left -= count;
  }
  return DURATION_BOUNDS.at(-1)!;
}
