import { Injectable } from '@nestjs/common';
import { conflict } from '#kernel';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import type { Check } from '#platform/mqtt';
import type { EntityManager } from 'typeorm';
import { prepareOtherDatabase } from '../storage/postgres/other-database';
import { tryOtherDatabase } from '../storage/postgres/try-other-database';
import { StorageStates, type Storage } from '../storage/storage-state';
import type { StorageSettings } from './dto/uns-settings.dto';
import { SettingsPart } from './settings-part';
import { acceptedStorage, maskedStorage } from './storage-settings';

/** Where records are kept. The history is copied there while everything new goes to both. */
@Injectable()
export class StoragePart extends SettingsPart<StorageSettings, Storage> {
  readonly name = 'storage';

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly states: StorageStates,
  ) {
    super();
  }

  /** What is in use, or being moved to: a move may be given up. */
  async valueOf(): Promise<Storage> {
    const { active, next } = await this.states.read();
    return next ?? active;
  }

  view(value: Storage): object {
    return maskedStorage(value);
  }

  accept(given: StorageSettings, current: Storage): Storage {
    return acceptedStorage(given, current);
  }

  async test(value: Storage): Promise<Check[]> {
    if (value.kind !== 'main') return tryOtherDatabase(value, this.config, await this.installation());
    const begun = performance.now();
    await this.database.ping();
    const durationMs = Math.round(performance.now() - begun);
    return [{ name: 'main', ok: true, message: 'The main database answers', durationMs }];
  }

  async apply(value: Storage, _: unknown, manager: EntityManager): Promise<Storage> {
    if (value.kind !== 'main') await this.prepare(value);
    await this.states.change(manager, (state) => {
      if (JSON.stringify(state.active) === JSON.stringify(value)) {
        return state.next ? { active: value, next: undefined, progress: undefined, failure: undefined } : undefined;
      }
      return { active: state.active, next: value, progress: undefined, failure: undefined };
    });
    return value;
  }

  async state(): Promise<object> {
    const { active, next, progress, failure } = await this.states.read();
    return {
      inUse: maskedStorage(active),
      ...(next && { movingTo: maskedStorage(next), copied: progress ?? { done: 0, of: 0, records: 0 } }),
      ...(failure !== undefined && { failure }),
    };
  }

  private async prepare(value: Exclude<Storage, { kind: 'main' }>): Promise<void> {
    try {
      await prepareOtherDatabase(value, this.config, await this.installation());
    } catch (error) {
      throw conflict(`The storage cannot be used, and stays what it is: ${(error as Error).message}`);
    }
  }

  private async installation(): Promise<string> {
    const [row] = await this.database.asSystem((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM installation'),
    );
    return row!.id;
  }
}
