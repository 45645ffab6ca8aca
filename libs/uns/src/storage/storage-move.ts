import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '#platform/config';
import { Database, LockSession, type DatabaseAccess } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Signals } from '#platform/signals';
import { accessOf } from './postgres/other-database';
import { copyHistory } from './postgres/copy-history';
import { STORAGE_SIGNAL, StorageStates, type Storage, type StorageState } from './storage-state';

/** Held by the one process that copies. */
export const COPY_LOCK = 7_243_005;
const LOOK_MS = 5_000;
const PAUSE_MS = 2_000;
/** Tries without any progress after which a move is given up. */
const MOST_TRIES = 10;

/** Copies the history into the storage that is moved to, and then lets it be the one in use. One process of all does. */
@Injectable()
export class StorageMove implements OnApplicationBootstrap {
  private readonly logger = new Logger(StorageMove.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly states: StorageStates,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on(STORAGE_SIGNAL, () => this.look());
    const timer = setInterval(() => this.look(), LOOK_MS).unref();
    this.lifecycle.atShutdown('intake', 'move of the history', async () => {
      clearInterval(timer);
      this.stopping.abort();
      await this.running;
    });
    this.look();
  }

  private look(): void {
    if (this.stopping.signal.aborted) return;
    this.running ??= this.work()
      .catch((error: unknown) => this.logger.warn(error))
      .finally(() => (this.running = undefined));
  }

  private async work(): Promise<void> {
    if (!(await this.states.read()).next) return;
    const locks = await LockSession.open(this.config);
    try {
      const [row] = await locks.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${COPY_LOCK}) AS taken`);
      if (!row!.taken) return;
      const lost = new AbortController();
      void locks.lost.then(() => lost.abort());
      await this.move(AbortSignal.any([lost.signal, this.stopping.signal]));
    } finally {
      await locks.close();
    }
  }

  private async move(signal: AbortSignal): Promise<void> {
    for (let tries = 1; !signal.aborted; tries++) {
      const before = await this.states.read();
      if (!before.next) return;
      try {
        await this.copy(before, before.next, signal);
        await this.finish(before);
        return;
      } catch (error) {
        const after = await this.states.read();
        if ((after.progress?.done ?? 0) > (before.progress?.done ?? 0)) tries = 0;
        this.logger.warn(`copying the history is interrupted: ${String(error)}`);
        if (tries >= MOST_TRIES) await this.states.abandon(`the history cannot be copied: ${(error as Error).message}`);
        else await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async copy({ active, progress }: StorageState, next: Storage, signal: AbortSignal): Promise<void> {
    this.logger.log(`copying the history to ${next.kind}`);
    const before = progress?.records ?? 0;
    const report = (now: { done: number; of: number; records: number }) =>
      this.states.report({ ...now, records: before + now.records });
    await copyHistory(this.accessOf(active), this.accessOf(next), { skip: progress?.done ?? 0, report, signal });
  }

  private async finish({ generation }: StorageState): Promise<void> {
    await this.database.asSystem((manager) =>
      this.states.change(manager, (state) =>
        state.generation === generation && state.next
          ? { active: state.next, next: undefined, progress: undefined, failure: undefined }
          : undefined,
      ),
    );
    this.logger.log('the history has moved');
  }

  private accessOf(storage: Storage): DatabaseAccess {
    return storage.kind === 'main' ? this.config : accessOf(storage, this.config);
  }
}
