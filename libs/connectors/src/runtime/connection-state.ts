/** What a connection does. */
export const CONNECTION_STATES = ['idle', 'connecting', 'connected', 'reconnecting', 'error', 'stopping'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Milliseconds. The other side may come back soon, but not everybody at once. */
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 60_000;
/** What refuses us refuses us again, and may lock an account for it. */
const FIRST_AFTER_REFUSAL = 60_000;
const LONGEST_AFTER_REFUSAL = 15 * 60_000;

/** So long connected, a connection counts as one that works: the next loss is tried again at once. */
export const STABLE_MS = 30_000;

/** After a failure: whether the same may work soon says which. */
export const stateAfterFailure = ({ retryable }: { retryable: boolean }): 'reconnecting' | 'error' =>
  retryable ? 'reconnecting' : 'error';

/**
 * Milliseconds until the next attempt, after `failures` (from 1 on) in a row: exponential, the upper half of it by chance.
 * `chance` is from 0 to 1.
 */
export function retryAfter(state: 'reconnecting' | 'error', failures: number, chance = Math.random()): number {
  const [first, longest] =
    state === 'error' ? [FIRST_AFTER_REFUSAL, LONGEST_AFTER_REFUSAL] : [FIRST_RETRY, LONGEST_RETRY];
  const full = Math.min(longest, first * 2 ** Math.min(failures - 1, 30));
  return Math.round((full / 2) * (1 + chance));
}
