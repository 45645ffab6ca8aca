import { Injectable } from '@nestjs/common';
import type { Check } from '#platform/mqtt';
import type { StorageSettings } from './dto/uns-settings.dto';
import { SettingsPart } from './settings-part';

interface Storage {
  kind: 'main';
}

/** Where records are kept: in the main database. */
@Injectable()
export class StoragePart extends SettingsPart<StorageSettings, Storage> {
  readonly name = 'storage';

  valueOf(stored: unknown): Promise<Storage> {
    return Promise.resolve((stored as Storage | undefined) ?? { kind: 'main' });
  }

  view(value: Storage): object {
    return value;
  }

  accept({ kind }: StorageSettings): Storage {
    return { kind };
  }

  test(): Promise<Check[]> {
    return Promise.resolve([{ name: 'main', ok: true, message: 'The main database is in use', durationMs: 0 }]);
  }

  apply(value: Storage): Promise<unknown> {
    return Promise.resolve(value);
  }

  state(): Promise<object> {
    return Promise.resolve({});
  }
}
