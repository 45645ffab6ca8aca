import { Logger } from '@nestjs/common';
import type { KeptWill } from './durable';

/** Clients come back within this time after a restart, or never. */
export const WILL_GRACE_MS = 30_000;
const RETRY_MS = 5_000;

/** Wills of clients that were connected when the last process ended: sent unless the client comes back in time. */
export class LeftWills {
  private readonly log = new Logger(LeftWills.name);
  private readonly timers = new Map<KeptWill, NodeJS.Timeout>();

  constructor(
    private readonly graceMs: number,
    /** Sends it if its client still may. @throws when that cannot be found out now. */
    private readonly send: (will: KeptWill) => Promise<void>,
  ) {}

  await(wills: readonly KeptWill[]): void {
    for (const will of wills) {
      const delay = Number(will.will.properties?.['willDelayInterval'] ?? 0) * 1000;
      this.arm(will, Math.min(Math.max(delay, this.graceMs), MAX_DELAY_MS));
    }
  }

  stop(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }

  private arm(will: KeptWill, delayMs: number): void {
    const fire = (): void => {
      this.timers.delete(will);
      // Its client came back.
      if (will.gone) return;
      this.send(will).catch((error: unknown) => {
        this.log.warn(`a will cannot be sent, trying again: ${String(error)}`);
        this.arm(will, RETRY_MS);
      });
    };
    this.timers.set(will, setTimeout(fire, delayMs).unref());
  }
}

/** The longest that a session, and with it a will, may outlive its connection. */
const MAX_DELAY_MS = 7 * 86_400_000;
