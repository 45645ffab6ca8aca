import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { LockSession } from '../database';
import { IngestSlots } from './outside-slots';

const RETRY_MS = 250;

export interface HeldSlot {
  slot: number;
  installation: string;
  slots: IngestSlots;
  /** Aborted once it is held no longer. */
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
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.hold(await this.openLocks(), signal);
      } catch (error) {
        this.log.warn(`no ingest slot at the moment: ${String(error)}`);
      }
      await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async hold(locks: LockSession, stopping: AbortSignal): Promise<void> {
    const lost = new AbortController();
    void locks.lost.then(() => lost.abort());
    try {
      const slots = new IngestSlots(locks);
      const installation = await slots.installation();
      this.earlier = await slots.claim(this.earlier);
      const signal = AbortSignal.any([lost.signal, stopping]);
      await this.use({ slot: this.earlier, installation, slots, signal });
    } finally {
      await locks.close();
    }
  }
}
