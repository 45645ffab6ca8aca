import { Injectable } from '@nestjs/common';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { UnsSettings } from './uns-settings.entity';

const PURPOSE = 'uns-settings';
const THE_ROW = { single: true };

/** What is stored of each part, by its name; nothing where the environment holds. */
export type StoredParts = Readonly<Record<string, unknown>>;

export interface StoredSettings {
  parts: StoredParts;
  version: number;
  updatedAt: Date;
}

/** The one row, sealed as a whole: addresses and user names are nobody's business either. */
@Injectable()
export class SettingsStore {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** @throws Error when it was sealed under another key. */
  read(): Promise<StoredSettings> {
    return this.database.asSystem((manager) => this.find(manager, false));
  }

  /** In the open transaction, whose end others wait for who want to change it. */
  lock(manager: EntityManager): Promise<StoredSettings> {
    return this.find(manager, true);
  }

  /** @param counted whether it is a change that callers know by its version, and not one of our own. */
  async save(manager: EntityManager, before: StoredSettings, parts: StoredParts, counted = true): Promise<void> {
    const sealed = this.secrets.seal(PURPOSE, JSON.stringify(parts));
    const change = counted ? { sealed, version: before.version + 1, updatedAt: new Date() } : { sealed };
    await manager.update(UnsSettings, THE_ROW, change);
  }

  private async find(manager: EntityManager, locked: boolean): Promise<StoredSettings> {
    const row = await manager.findOneOrFail(UnsSettings, {
      where: THE_ROW,
      ...(locked && { lock: { mode: 'pessimistic_write' } }),
    });
    const { sealed, version, updatedAt } = row;
    return { parts: sealed ? this.open(sealed) : {}, version, updatedAt };
  }

  private open(sealed: Buffer): StoredParts {
    try {
      return JSON.parse(this.secrets.open(PURPOSE, sealed)) as StoredParts;
    } catch {
      throw new Error(
        'the settings of the namespace cannot be opened: HUB_SECRET_KEY is not the one they were sealed by',
      );
    }
  }
}
