import { setTimeout as delay } from 'node:timers/promises';
import type { Message, Subscriber } from '../protocol';

/** Milliseconds before a message that could not be kept is offered again, or given back. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** How long to wait after the n-th failure, counted from 0. */
export const pauseAfter = (failures: number): number => Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE);

/**
 * Offers a message until it is kept, for sources that cannot take one back: it stays unacknowledged meanwhile. False when the
 * signal aborts before that.
 */
export async function untilKept(subscriber: Subscriber, message: Message, signal: AbortSignal): Promise<boolean> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await subscriber.take(message);
      return true;
    } catch {
      await delay(pauseAfter(failures), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
  return false;
}
