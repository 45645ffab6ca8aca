import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { isCollision, isDataError } from '../database';

interface Waiting<I, O> {
  item: I;
  done: (result: O) => void;
  failed: (error: unknown) => void;
}

export interface BatcherOptions<I, O> {
  /** Does the work of all items at once and gives their results in the same order. */
  work: (items: readonly I[]) => Promise<readonly O[]>;
  /** Items of one batch. */
  most: number;
  /** Batches at the same time: while one waits for the disk, the next is gathered. */
  writers?: number;
}

/** Tries of one batch that other transactions get in the way of. */
const MOST_ATTEMPTS = 4;

/**
 * Group commit: an item is worked on at once when nothing else is; otherwise what arrives gathers until the batch before
 * is done. Without a timer, so an idle system answers at once and a busy one fills its batches by itself.
 */
export class Batcher<I, O> {
  private waiting: Waiting<I, O>[] = [];
  private readonly running = new Set<Promise<void>>();
  /** A batch serves many callers: it must not run in the transaction of the one that happens to begin it. */
  private readonly outsideOfCallers = AsyncLocalStorage.snapshot();

  constructor(private readonly options: BatcherOptions<I, O>) {}

  /** Items that wait for their batch. */
  get size(): number {
    return this.waiting.length;
  }

  /** Resolves when the batch of the item is done. @throws what the work threw. */
  add(item: I): Promise<O> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, done, failed });
      this.begin();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private begin(): void {
    if (this.waiting.length === 0 || this.running.size >= (this.options.writers ?? 1)) return;
    const batch = this.outsideOfCallers(() => this.drain()).finally(() => {
      this.running.delete(batch);
      this.begin();
    });
    this.running.add(batch);
  }

  private async drain(): Promise<void> {
    // Once the current turn of the event loop is over, so that what comes together is done together.
    await setImmediate();
    while (this.waiting.length > 0) await this.work(this.waiting.splice(0, this.options.most));
  }

  private async work(batch: readonly Waiting<I, O>[], attempt = 1): Promise<void> {
    try {
      const results = await this.options.work(batch.map(({ item }) => item));
      batch.forEach(({ done }, index) => done(results[index]!));
    } catch (error) {
      if (isCollision(error) && attempt < MOST_ATTEMPTS) return this.work(batch, attempt + 1);
      if (batch.length === 1 || !isDataError(error)) return batch.forEach(({ failed }) => failed(error));
      // One item's data was refused: it is found by halves, so that the others are done.
      const middle = batch.length >> 1;
      await this.work(batch.slice(0, middle));
      await this.work(batch.slice(middle));
    }
  }
}
