import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LockSession } from '../database';
import { IngestSlots } from './outside-slots';

const RETRY_MS = 250;

export interface HeldSlot {
  slot: number;
  installation: string;
  slots: IngestSlots;
  /** Aborted once it is held no longer, or is to be given up. */
  signal: AbortSignal;
}

/** Holds one ingest slot from start to end: takes it again, or another one, whenever the database was away. */
export class SlotKeeper {
  private readonly log = new Logger(SlotKeeper.name);
  private readonly stopping = new AbortController();
  private running = Promise.resolve();
  private earlier: number | undefined;

  constructor(
    private readonly openLocks: () => Promise<LockSession>,
    /** Told of each slot that was taken, and awaited before it is given up. */
    private readonly use: (held: HeldSlot) => Promise<void>,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running = this.run();
  }

  /** Gives the slot up. Resolves when nothing uses it any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let complained = false;
    while (!this.isStopping) {
      try {
        await this.hold(await this.openLocks());
        complained = false;
      } catch (error) {
        // Once an outage, however many tries it takes.
        if (!complained) this.log.warn(`no ingest slot at the moment: ${String(error)}`);
        complained = true;
      }
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private async hold(locks: LockSession): Promise<void> {
    const lost = new AbortController();
    void locks.lost.then(() => lost.abort());
    try {
      const slots = new IngestSlots(locks);
      const installation = await slots.installation();
      const slot = await slots.claim(this.earlier);
      this.earlier = slot;
      this.log.log(`ingest slot ${slot}`);
      const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
      await this.use({ slot, installation, slots, signal });
    } finally {
      await locks.close();
    }
  }
}
