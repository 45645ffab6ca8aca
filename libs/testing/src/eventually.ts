import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds after which waiting ends with an error. Nothing is asserted by it: machines stand still for seconds. */
  timeout?: number;
  /** Milliseconds between two looks. */
  interval?: number;
}

type Held<T> = Exclude<T, false | null | undefined>;

/**
 * Waits until the condition gives anything but false, null or undefined, and gives that. A condition that throws does
 * not hold yet. The last look begins when the time is over: one before it, on a machine that stood still meanwhile, says
 * nothing of what holds by then. @throws Error what it threw last, or that it never held.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeout = 20_000, interval = 20 }: Patience = {},
): Promise<Held<T>> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const isLast = Date.now() >= deadline;
    let failure: unknown = new Error(`the condition did not hold within ${timeout} ms`);
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) return value as Held<T>;
    } catch (error) {
      failure = error;
    }
    if (isLast) throw failure;
    await delay(Math.min(interval, Math.max(0, deadline - Date.now())));
  }
}

/** Waits until the `expect`s in it pass. @throws Error that of the last try. */
export async function eventuallyPasses(assertions: () => void | Promise<void>, patience?: Patience): Promise<void> {
  await eventually(async () => {
    await assertions();
    return true;
  }, patience);
}
