import { retryAfter, stateAfterFailure } from './connection-state';

describe('a connection that failed', () => {
  it('is in error where the other side refuses it, and reconnecting where it may come back', () => {
    expect(stateAfterFailure({ retryable: true })).toBe('reconnecting');
    expect(stateAfterFailure({ retryable: false })).toBe('error');
  });

  it.each([
    ['reconnecting', 1, 500, 1_000],
    ['reconnecting', 2, 1_000, 2_000],
    ['reconnecting', 5, 8_000, 16_000],
    ['reconnecting', 7, 30_000, 60_000],
    ['reconnecting', 5_000, 30_000, 60_000],
    ['error', 1, 30_000, 60_000],
    ['error', 9, 450_000, 900_000],
  ] as const)('%s after %i failures tries again within %i to %i ms', (state, failures, least, most) => {
    expect([retryAfter(state, failures, 0), retryAfter(state, failures, 1)]).toEqual([least, most]);
    expect(retryAfter(state, failures)).toBeGreaterThanOrEqual(least);
  });
});
