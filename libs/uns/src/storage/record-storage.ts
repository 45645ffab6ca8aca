import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { PostgresRecordStore } from './postgres/postgres-record-store';
import type { RecordStore } from './record-store';

/** The store that is in use. Ask anew each time: it can be exchanged while the platform runs. */
@Injectable()
export class RecordStorage {
  private readonly main: RecordStore;
  private store: RecordStore;
  /** Counts the changes of where records go. */
  generation = 0;

  constructor(database: Database) {
    this.main = new PostgresRecordStore(database);
    this.store = this.main;
  }

  get current(): RecordStore {
    return this.store;
  }

  /** After `isStale`: somebody may have changed where records go. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }
}
