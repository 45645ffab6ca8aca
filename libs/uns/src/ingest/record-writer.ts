import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { unavailable } from '#kernel';
import { isCollision, isDataError } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Injectable } from '@nestjs/common';
import type { RecordInput } from '../record';
import type { Appended, AppendOptions, RecordBatch } from './record-batch';
import { countedIds, type IdPlace } from './record-ids';
import { RecordTransaction } from './record-transaction';

interface Waiting {
  batch: RecordBatch;
  done: (appended: Appended) => void;
  failed: (error: unknown) => void;
}

/** While one transaction waits for the disk, the next is gathered and sent. */
const WRITERS = 2;
/** Tries of one transaction that others get in the way of. */
const MOST_ATTEMPTS = 4;
/** Rows of one transaction, unless a single batch is larger. */
const MOST_ROWS = 2_000;
/** Characters of their documents, likewise: a few long ones must not make a message that the server refuses. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Rows, and characters of documents, that may wait in memory; beyond it callers are refused and try again. */
const MOST_WAITING = { rows: 100_000, characters: 128 * 1024 * 1024 };

/**
 * Group commit: a batch is written at once when a writer is idle; otherwise all that arrives gathers until one is.
 * `append` resolves after the commit, so whatever was acknowledged is on disk.
 */
@Injectable()
export class RecordWriter {
  private waiting: Waiting[] = [];
  private waitingRows = 0;
  private waitingCharacters = 0;
  private readonly writers = new Map<number, Promise<void>>();
  /** Writers serve all callers: they must not run in the transaction, or log as the request, of the one that wakes them. */
  private readonly outsideOfCallers = AsyncLocalStorage.snapshot();

  constructor(
    private readonly transaction: RecordTransaction,
    lifecycle: Lifecycle,
  ) {
    lifecycle.atShutdown('drain', 'record writer', () => this.settled());
  }

  /**
   * Resolves after the commit.
   * @throws DomainError `unavailable` when the database does not answer or too much is waiting for it.
   */
  async append(
    organizationId: string,
    records: readonly RecordInput[],
    options: AppendOptions = {},
  ): Promise<Appended> {
    const documents = records.map(({ value }) => (typeof value === 'number' ? null : JSON.stringify(value)));
    const size = documents.reduce((sum, document) => sum + (document?.length ?? 0), 0);
    const { rows, characters } = MOST_WAITING;
    if (this.waitingRows + records.length > rows || this.waitingCharacters + size > characters) {
      throw unavailable('More data arrives than can be stored', 1);
    }
    return new Promise((done, failed) => {
      const batch = { ...options, organizationId, records, documents, size, receivedAt: Date.now() };
      this.waiting.push({ batch, done, failed });
      this.waitingRows += records.length;
      this.waitingCharacters += size;
      this.startWriter();
    });
  }

  /** Resolves when all that was handed over is stored or refused. */
  private async settled(): Promise<void> {
    while (this.writers.size > 0) await Promise.all(this.writers.values());
  }

  private startWriter(): void {
    if (this.waiting.length === 0 || this.writers.size >= WRITERS) return;
    const number = this.writers.has(0) ? 1 : 0;
    const writer = this.outsideOfCallers(() => this.drain(number)).finally(() => {
      this.writers.delete(number);
      // What came between the last look and now.
      this.startWriter();
    });
    this.writers.set(number, writer);
  }

  private async drain(writer: number): Promise<void> {
    // Once the current turn of the event loop is over, so that messages read together are written together.
    await setImmediate();
    // Ids are begun as records are taken: of two writers the later one may be the first to store, and records of one
    // millisecond keep their order by their ids.
    while (this.waiting.length > 0) await this.write(writer, this.take(), countedIds());
  }

  private take(): Waiting[] {
    let [rows, characters, count] = [0, 0, 0];
    for (const { batch } of this.waiting) {
      if (count > 0 && (rows + batch.records.length > MOST_ROWS || characters + batch.size > MOST_CHARACTERS)) break;
      rows += batch.records.length;
      characters += batch.size;
      count++;
    }
    this.waitingRows -= rows;
    this.waitingCharacters -= characters;
    return this.waiting.splice(0, count);
  }

  private async write(writer: number, taken: Waiting[], nextId: () => IdPlace, attempt = 1): Promise<void> {
    try {
      const batches = taken.map(({ batch }) => batch);
      const appended = await this.transaction.store(writer, batches, nextId);
      taken.forEach(({ done }, index) => done(appended[index]!));
    } catch (error) {
      if (isCollision(error) && attempt < MOST_ATTEMPTS) return this.write(writer, taken, nextId, attempt + 1);
      // One caller's data was refused: find it by halves, so that the others are stored.
      if (isDataError(error) && taken.length > 1) {
        const middle = taken.length >> 1;
        await this.write(writer, taken.slice(0, middle), nextId);
        await this.write(writer, taken.slice(middle), nextId);
        return;
      }
      for (const { failed } of taken) failed(error);
    }
  }
}
