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
  /** When a slot that nobody holds may be adopted, in milliseconds of `performance.now()`. */
  private readonly dueAt = new Map<number, number>();

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
    for (const slot of this.dueAt.keys()) if (!present.has(slot)) this.dueAt.delete(slot);
    for (const { slot, leaving } of unheld) {
      if (!this.dueAt.has(slot)) this.dueAt.set(slot, leaving ? now : now + this.timing.orphanedMs);
    }
    return this.isReady() ? unheld.filter(({ slot }) => this.dueAt.get(slot)! <= now) : [];
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
      this.dueAt.set(slot, performance.now() + this.timing.orphanedMs);
      await session.close(0);
      await this.slots.release(slot);
      throw error;
    }
  }
}
