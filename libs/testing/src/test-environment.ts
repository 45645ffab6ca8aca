import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';
import { eventually } from './eventually';

/** Milliseconds: what was told to end, a socket or a process, is gone a moment later; an attempt to connect has seconds. */
const GRACE = 20_000;

/** Timers are not told: libraries have their own, which end by themselves and disturb nobody. */
const kept = (): string[] =>
  process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout' && kind !== 'Immediate');

/**
 * What Jest runs each file in. A file that leaves something running – connections, processes, threads – has failed:
 * otherwise it would disturb those after it, and the end of the run.
 */
export default class TestEnvironment extends NodeEnvironment {
  /** What kept the process alive before this file; of kinds and how many alone. */
  private atFirst: readonly string[] = [];
  /** Threads that do not keep the process alive do keep their memory. */
  private readonly threads = new Set<Worker>();

  override async setup(): Promise<void> {
    await super.setup();
    // Opened by the first who asks for them, and closed by nobody.
    process.stdin.pause();
    process.stdout.uncork();
    process.stderr.uncork();
    this.atFirst = kept();
    subscribe('worker_threads', this.onThread);
  }

  /** Jest's test runner calls it; what it finds stands beside what the tests themselves have failed by. */
  async handleTestEvent({ name }: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (name !== 'run_finish') return;
    try {
      await eventually(() => this.left().length === 0, { timeout: GRACE });
    } catch {
      state.unhandledErrors.push(new Error(`The tests ended and left behind: ${this.left().join(', ')}`));
    }
  }

  override async teardown(): Promise<void> {
    unsubscribe('worker_threads', this.onThread);
    await super.teardown();
  }

  private readonly onThread = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    this.threads.add(worker);
    worker.once('exit', () => this.threads.delete(worker));
  };

  private left(): string[] {
    const left = kept();
    for (const kind of this.atFirst) if (left.includes(kind)) left.splice(left.indexOf(kind), 1);
    return [...left, ...Array.from(this.threads, () => 'Worker')];
  }
}
