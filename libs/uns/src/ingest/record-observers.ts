import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import type { Quality } from '../record';

/** A record that is about to be stored, as observers see it. */
export interface ObservedRecord {
  organizationId: string;
  topic: string;
  value: JsonValue;
  source: string | null;
  /** Epoch milliseconds. */
  timestamp: number;
  quality: Quality;
  /** Of the run that published it; nothing where no run did. */
  chainDepth: number | undefined;
}

/** What an observer does about some records. */
export interface RecordWork {
  /**
   * In the transaction that stores them, with those that are new: ones that were stored before, by the same key, are not
   * among them. What it throws keeps all of them from being stored.
   */
  store(fresh: readonly ObservedRecord[]): Promise<void>;
  /** After the commit. Must not throw. */
  committed(): void;
}

export interface RecordObserver {
  /** Asked for every record: it has to be fast. */
  wants(organizationId: string, topic: string): boolean;
  /** Before the transaction, with the wanted records; again for each further try. @throws DomainError `unavailable` */
  prepare(records: readonly ObservedRecord[]): Promise<RecordWork>;
}

/**
 * Who acts upon values in the moment they are stored: both happen, or neither. Every process that stores records has to
 * have the observer; there is one at most, which says so before the first record comes.
 */
@Injectable()
export class RecordObservers {
  private observer: RecordObserver | undefined;

  /** @throws Error for a second one. */
  register(observer: RecordObserver): void {
    if (this.observer) throw new Error('records have an observer already');
    this.observer = observer;
  }

  /** Nothing where nobody observes. */
  get registered(): RecordObserver | undefined {
    return this.observer;
  }
}
