import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds that messages under way have to be kept and acknowledged when their subscription is closed. */
const DRAIN_MS = 3_000;

/** What has begun and not ended yet. */
export class InFlight {
  private readonly works = new Set<Promise<void>>();

  /** The work must not fail. */
  add(work: Promise<void>): void {
    this.works.add(work);
    void work.finally(() => this.works.delete(work));
  }

  get count(): number {
    return this.works.size;
  }

  /** Resolves when all of it has ended, after three seconds at the latest. */
  async drained(): Promise<void> {
    await Promise.race([Promise.all(this.works), delay(DRAIN_MS, undefined, { ref: false })]);
  }
}
