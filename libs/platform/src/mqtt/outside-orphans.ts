import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { OutsideSession } from './outside-session';
import type { IngestSlots, UnheldSlot } from './outside-slots';
import type { OutsideTiming } from './outside-timing';

/**
 * Ends the sessions that processes have left behind, after storing what the broker holds for them. How long nobody has had
 * one is measured here, by this process's clock and on one lock session: after a restart of PostgreSQL everybody gets
 * that time anew to take back what is theirs.
 */
export class OutsideOrphans {
  private readonly log = new Logger(OutsideOrphans.name);
  /** Since when nobody was seen to hold a slot, in milliseconds of `performance.now()`. */
  private readonly unheldSince = new Map<number, number>();

  constructor(
    private readonly slots: IngestSlots,
    private readonly timing: OutsideTiming,
    /** Whether this process is subscribed itself: what an orphan gets no more must come to somebody. */
    private readonly isReady: () => boolean,
    private readonly newSession: (slot: number) => OutsideSession,
  ) {}

  /** Looks again and again until it is told to stop; never throws. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await delay(this.timing.lookMs, undefined, { signal, ref: false });
        for (const { slot } of await this.due()) if (!signal.aborted) await this.adopt(slot, signal);
      } catch (error) {
        if (!signal.aborted) this.log.warn(`sessions left behind could not be looked after: ${String(error)}`);
      }
    }
  }

  private async due(): Promise<UnheldSlot[]> {
    const unheld = await this.slots.unheld();
    const now = performance.now();
    const present = new Set(unheld.map(({ slot }) => slot));
    for (const slot of this.unheldSince.keys()) if (!present.has(slot)) this.unheldSince.delete(slot);
    for (const { slot, leaving } of unheld) {
      // Whoever says goodbye does not come back.
      if (!this.unheldSince.has(slot)) this.unheldSince.set(slot, leaving ? -Infinity : now);
    }
    const isDue = ({ slot }: UnheldSlot): boolean => now - this.unheldSince.get(slot)! >= this.timing.orphanedMs;
    return this.isReady() ? unheld.filter(isDue) : [];
  }

  private async adopt(slot: number, signal: AbortSignal): Promise<void> {
    if (!(await this.slots.adopt(slot))) return;
    const session = this.newSession(slot).open();
    try {
      await session.leave(signal);
      await session.end();
      await this.slots.forget(slot);
      this.log.log(`session ${slot} was left behind; what it held is stored, and it has ended`);
    } catch (error) {
      // What is acknowledged is stored; the rest is still the broker's, for the next who looks.
      this.unheldSince.set(slot, performance.now());
      await session.close(0);
      await this.slots.release(slot);
      throw error;
    }
  }
}
