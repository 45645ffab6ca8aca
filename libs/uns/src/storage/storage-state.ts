import { Injectable } from '@nestjs/common';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import { signal } from '#platform/signals';
import type { EntityManager } from 'typeorm';

/** Another database than the main one: plain PostgreSQL, or TimescaleDB. */
export interface OtherStorage {
  kind: 'postgres' | 'timescale';
  /** Without credentials. */
  url: string;
  /** The owner of the tables there. */
  username?: string;
  password?: string;
}

/** Where records are kept. */
export type Storage = { kind: 'main' } | OtherStorage;

/** How far history has been copied into the next storage. */
export interface CopyProgress {
  /** Stretches of time that are done, and all of them. */
  done: number;
  of: number;
  records: number;
}

export interface StorageState {
  /** Counts the changes of where records go. */
  generation: number;
  active: Storage;
  /** What is being moved to: everything new goes there, too, while the history is copied. */
  next: Storage | undefined;
  progress: CopyProgress | undefined;
  /** Why the last move was given up. */
  failure: string | undefined;
}

interface StateRow {
  generation: string;
  active: Sealed;
  next: Sealed | null;
  progress: (Partial<CopyProgress> & { failure?: string }) | null;
}

/** The rest is sealed, in base64. */
interface Sealed {
  kind: Storage['kind'];
  sealed?: string;
}

export const STORAGE_SIGNAL = 'uns.storage';
const PURPOSE = 'uns-storage';
/** Held, alone, by whoever changes where records go; every transaction that stores values shares it. */
const LOCK = 7_243_004;

/** What all processes agree on about where records go. */
@Injectable()
export class StorageStates {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  async read(): Promise<StorageState> {
    return this.database.asSystem((manager) => this.readIn(manager));
  }

  /**
   * Lets the change be made while nobody stores values; what waits to be stored is stored by the state that follows.
   * @param change undefined leaves it as it is.
   */
  async change(
    manager: EntityManager,
    change: (state: StorageState) => Omit<StorageState, 'generation'> | undefined,
  ): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    const changed = change(await this.readIn(manager));
    if (!changed) return;
    const { active, next, progress, failure } = changed;
    await manager.query(
      `UPDATE uns_storage SET generation = generation + 1, active = $1, next = $2, progress = $3, updated_at = now()`,
      [this.seal(active), next ? this.seal(next) : null, progress ?? (failure === undefined ? null : { failure })],
    );
    await signal(manager, STORAGE_SIGNAL, ['changed']);
  }

  /** Ends a move that cannot go on. */
  async abandon(failure: string): Promise<void> {
    await this.database.asSystem((manager) =>
      this.change(manager, ({ active, next }) =>
        next ? { active, next: undefined, progress: undefined, failure } : undefined,
      ),
    );
  }

  /** For those who wait to see it end. */
  async report(progress: CopyProgress): Promise<void> {
    await this.database.asSystem((manager) =>
      manager.query('UPDATE uns_storage SET progress = $1 WHERE next IS NOT NULL', [progress]),
    );
  }

  private async readIn(manager: EntityManager): Promise<StorageState> {
    const [row] = await manager.query<StateRow[]>('SELECT generation, active, next, progress FROM uns_storage');
    const { generation, active, next, progress } = row!;
    const { failure, ...copied } = progress ?? {};
    return {
      generation: Number(generation),
      active: this.open(active),
      next: next ? this.open(next) : undefined,
      progress: next && progress ? { done: 0, of: 0, records: 0, ...copied } : undefined,
      failure,
    };
  }

  private seal(storage: Storage): Sealed {
    if (storage.kind === 'main') return { kind: 'main' };
    return { kind: storage.kind, sealed: this.secrets.seal(PURPOSE, JSON.stringify(storage)).toString('base64') };
  }

  private open({ kind, sealed }: Sealed): Storage {
    if (kind === 'main') return { kind };
    return JSON.parse(this.secrets.open(PURPOSE, Buffer.from(sealed!, 'base64'))) as OtherStorage;
  }
}
