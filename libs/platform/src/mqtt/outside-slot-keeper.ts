import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LockSession } from '../database';
import { IngestSlots } from './outside-slots';
import type { OutsideTiming } from './outside-timing';

const RETRY_MS = 250;

export interface HeldSlot {
  slot: number;
  installation: string;
  slots: IngestSlots;
  /** Aborted once it is held no longer, or is to be given up. */
  signal: AbortSignal;
}

/**
 * Holds one ingest slot of a broker from start to end: takes it again, or another one, whenever the database was away. Once
 * that broker is no longer in use, it takes those alone that somebody left behind, until there are none.
 */
export class SlotKeeper {
  private readonly log = new Logger(SlotKeeper.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private earlier: number | undefined;
  private isRetiring = false;
  private finished = false;

  constructor(
    private readonly broker: number,
    private readonly openLocks: () => Promise<LockSession>,
    private readonly timing: OutsideTiming,
    /** Told of each slot that was taken, and awaited before it is given up. */
    private readonly use: (held: HeldSlot) => Promise<void>,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** From now on no new session is opened at that broker. @returns whether none is left there; false when it was stopped. */
  async retire(): Promise<boolean> {
    this.isRetiring = true;
    this.start();
    await this.running;
    return this.finished;
  }

  /** Gives the slot up. Resolves when nothing uses it any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let complained = false;
    while (!this.isStopping && !this.finished) {
      try {
        await this.hold(await this.openLocks());
        complained = false;
      } catch (error) {
        // Once an outage, however many tries it takes.
        if (!complained && !this.isStopping) this.log.warn(`no ingest slot at the moment: ${String(error)}`);
        complained = true;
      }
      if (!this.finished) await pause(RETRY_MS, this.stopping.signal).catch(() => undefined);
    }
  }

  private async hold(locks: LockSession): Promise<void> {
    const lost = new AbortController();
    void locks.lost.then(() => lost.abort());
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    try {
      const slots = new IngestSlots(locks, this.broker);
      const installation = await slots.installation();
      const slot = await this.claim(slots, signal);
      if (slot === undefined) return;
      this.earlier = slot;
      this.log.log(`ingest slot ${slot}`);
      await this.use({ slot, installation, slots, signal });
    } finally {
      await locks.close();
    }
  }

  /** @returns undefined when there is nothing left to hold. */
  private async claim(slots: IngestSlots, signal: AbortSignal): Promise<number | undefined> {
    if (!this.isRetiring) return slots.claim(this.earlier);
    for (;;) {
      const slot = await slots.claimLeft(this.earlier);
      if (slot !== undefined) return slot;
      this.finished = await slots.isEmpty();
      if (this.finished) return undefined;
      await pause(this.timing.lookMs, signal);
    }
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal, ref: false });
