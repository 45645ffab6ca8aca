import { classOf, DURATION_BOUNDS, noDurations, quantile } from './durations';

describe('durations', () => {
  it('are counted in classes', () => {
    expect([0, 1, 1.5, 60_000, 1e9].map(classOf)).toEqual([0, 0, 1, 22, DURATION_BOUNDS.length]);
    expect(noDurations()).toHaveLength(DURATION_BOUNDS.length + 1);
  });

  it('give the shares they were counted in', () => {
    expect(quantile(noDurations(), 0.5)).toBeNull();
    const counts = noDurations();
    counts[classOf(4)] = 98;
    counts[classOf(900)] = 2;
    expect(quantile(counts, 0.5)).toBeCloseTo(3.53, 2);
    expect(quantile(counts, 0.99)).toBe(875);
    counts[DURATION_BOUNDS.length] = 900;
    expect(quantile(counts, 0.99)).toBe(300_000);
  });
});
