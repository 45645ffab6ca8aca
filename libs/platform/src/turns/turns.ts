import { setImmediate } from 'node:timers/promises';

/** Milliseconds that loops of this process go on, all together, before everything else has its turn. */
const LONGEST_TURN_MS = 10;

let began = 0;
let next: Promise<void> | undefined;

/**
 * What only computes never waits: a loop of a hundred thousand items would hold up everything else of the process, leases
 * and heartbeats included. Called between two items, this lets others in whenever loops have had the process for long enough.
 */
export function takeTurns(): Promise<void> | undefined {
  if (performance.now() - began < LONGEST_TURN_MS) return undefined;
  return (next ??= setImmediate().then(() => {
    began = performance.now();
    next = undefined;
  }));
}

/** What the work makes of each, in their order; others have their turn between two of them. */
export async function inTurns<T, R>(items: Iterable<T>, work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    await takeTurns();
    results.push(work(item));
  }
  return results;
}
