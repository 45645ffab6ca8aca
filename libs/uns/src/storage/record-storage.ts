import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { unavailable } from '#kernel';
import { Config } from '#platform/config';
import { Database, isDataError } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Signals } from '#platform/signals';
import { accessOf, openOtherDatabase } from './postgres/other-database';
import { PostgresRecordStore } from './postgres/postgres-record-store';
import type { AppendedRows, RecordStore } from './record-store';
import { STORAGE_SIGNAL, StorageStates, type Storage, type StorageState } from './storage-state';

/** A change is also found without its signal. */
const LOOK_MS = 5_000;

/** The storage that is moved to does not take a value: the move is over, the value has still to be stored. */
export class NextStoreFailed extends Error {}

/**
 * The store that records are in. Ask anew each time: it can be exchanged while the platform runs. During a move everything
 * new goes to both.
 */
@Injectable()
export class RecordStorage implements OnModuleInit {
  private readonly logger = new Logger(RecordStorage.name);
  private readonly main: RecordStore;
  /** By what is stored of them. */
  private readonly others = new Map<string, Promise<RecordStore>>();
  private state: Pick<StorageState, 'generation' | 'active' | 'next'> | undefined;
  private active: RecordStore;
  private next: RecordStore | undefined;
  private refreshing: Promise<void> | undefined;

  constructor(
    database: Database,
    private readonly config: Config,
    private readonly states: StorageStates,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {
    this.main = new PostgresRecordStore(database, config);
    this.active = this.main;
  }

  async onModuleInit(): Promise<void> {
    const look = (): void => void this.refresh().catch((error: unknown) => this.logger.warn(error));
    this.signals.on(STORAGE_SIGNAL, look);
    const timer = setInterval(look, LOOK_MS).unref();
    this.lifecycle.atShutdown('queues', 'record storage', () => clearInterval(timer));
    this.lifecycle.atShutdown('database', 'record storage', () => this.closeOthers());
    await this.refresh();
  }

  /** Where records are read. */
  get current(): RecordStore {
    return this.active;
  }

  /** All that hold records of now: whoever removes some removes them from each. */
  get all(): RecordStore[] {
    return this.next ? [this.active, this.next] : [this.active];
  }

  /** Counts the changes of where records go. */
  get generation(): number {
    return this.state?.generation ?? 0;
  }

  /** As `RecordStore.append`. @throws NextStoreFailed; the rows are not stored. */
  append(
    organizationIds: readonly string[],
    rows: AppendedRows,
    before: (inserted: Set<string>) => Promise<void>,
  ): Promise<void> {
    const { active, next } = this;
    return active.append(organizationIds, rows, async (inserted) => {
      if (next) await next.append(organizationIds, rows, () => Promise.resolve()).catch(explainNext);
      await before(inserted);
    });
  }

  /** Follows what is agreed on. @throws DomainError `unavailable` when a store cannot be reached. */
  refresh(): Promise<void> {
    return (this.refreshing ??= this.follow().finally(() => (this.refreshing = undefined)));
  }

  /** Ends the move: records go where they went before. */
  async giveUp(reason: string): Promise<void> {
    await this.abandon(reason);
    await this.refresh();
  }

  private async follow(): Promise<void> {
    const state = await this.states.read();
    if (state.generation === this.state?.generation) return;
    const active = await this.storeOf(state.active).catch(explainActive);
    const next =
      state.next && (await this.storeOf(state.next).catch((error: unknown) => this.abandon((error as Error).message)));
    if (state.next && !next) return this.follow();
    [this.active, this.next, this.state] = [active, next, state];
    await this.closeOthers(active, next);
  }

  /** A process that cannot store there must not store elsewhere alone while all others do both. */
  private async abandon(reason: string): Promise<undefined> {
    this.logger.warn(`history does not move: ${reason}`);
    await this.states.abandon(reason);
  }

  private storeOf(storage: Storage): Promise<RecordStore> {
    if (storage.kind === 'main') return Promise.resolve(this.main);
    const key = JSON.stringify(storage);
    const known = this.others.get(key);
    if (known) return known;
    const opened = openOtherDatabase(storage, this.config).then(
      (database) => new PostgresRecordStore(database, accessOf(storage, this.config), storage.kind === 'timescale'),
    );
    this.others.set(key, opened);
    opened.catch(() => this.others.delete(key));
    return opened;
  }

  /** Those that are not used any more: a read that is under way in one of them fails and can be repeated. */
  private async closeOthers(...kept: (RecordStore | undefined)[]): Promise<void> {
    for (const [key, opening] of [...this.others]) {
      const store = await opening.catch(() => undefined);
      if (!store || kept.includes(store)) continue;
      this.others.delete(key);
      await store.close();
    }
  }
}

function explainActive(error: unknown): never {
  throw unavailable(`The storage of records does not answer: ${(error as Error).message}`);
}

/** What the other one refuses for its data, the one in use refuses as well. */
function explainNext(error: unknown): never {
  if (isDataError(error)) throw error;
  throw new NextStoreFailed((error as Error).message, { cause: error });
}
