import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Batcher } from '../batching';
import { isDataError } from '../database';
import type { DurableRecord } from './durable';

const RETRY_MS = 500;
const MOST_RECORDS = 2_000;

/** Where the journal writes to. */
export interface StateStorage {
  /** Brings the tables to what the records say, all at once. The state is that of the moment of the call. */
  write(records: readonly DurableRecord[]): Promise<void>;
}

/**
 * Brings changes of the working set to disk: in their order, many in one commit, and again and again while the database
 * does not answer. What was changed twice meanwhile is written once.
 */
export class Journal {
  private readonly log = new Logger(Journal.name);
  private readonly ended = new AbortController();
  private readonly batcher: Batcher<DurableRecord, void>;

  /** Without a storage everything ends with the process. */
  constructor(private readonly storage?: StateStorage) {
    this.batcher = new Batcher({ most: MOST_RECORDS, work: (records) => this.work(records) });
  }

  /** Resolves when the record is on disk as it is now. @throws when it never will be. */
  save(record: DurableRecord): Promise<void> {
    return this.storage ? this.batcher.add(record) : DONE;
  }

  /** The same, soon, for what nobody waits for. */
  note(record: DurableRecord): void {
    if (this.storage) this.batcher.add(record).catch(() => undefined);
  }

  /** Resolves when all is on disk, or the time is over. What is not then fails. */
  async close(deadlineMs: number): Promise<void> {
    const late = once(this.ended.signal, 'abort');
    const timer = setTimeout(() => this.ended.abort(), deadlineMs);
    await Promise.race([this.batcher.settled(), late]);
    clearTimeout(timer);
    if (this.ended.signal.aborted) this.log.warn('the last changes of sessions are not stored');
    this.ended.abort();
  }

  private async work(records: readonly DurableRecord[]): Promise<void[]> {
    // What was never on disk and is over need not get there.
    const changed = [...new Set(records)].filter(({ gone, stored }) => !gone || stored);
    if (changed.length > 0) await this.write(changed);
    return records.map(() => undefined);
  }

  private async write(records: readonly DurableRecord[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const present = records.filter(({ gone }) => !gone);
        await this.storage!.write(records);
        for (const record of present) record.stored = true;
        return;
      } catch (error) {
        if (isDataError(error)) throw error;
        if (tries === 0) this.log.warn(`sessions cannot be stored, trying again: ${String(error)}`);
        await pause(RETRY_MS, undefined, { signal: this.ended.signal });
      }
    }
  }
}

const DONE = Promise.resolve();
