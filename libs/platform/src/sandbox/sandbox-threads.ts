import { Piscina } from 'piscina';
import { unavailable, type JsonValue } from '#kernel';
import { compiledFile } from '../threads';
import type { Evaluation, Outcome } from './evaluation';
import type { SandboxLimits } from './engine';
import type { Moment, Script } from './sandbox';
import { ScriptError } from './script-error';

export interface SandboxThreadsOptions extends SandboxLimits {
  threads: number;
  /** Evaluations that may wait for a thread. */
  waiting: number;
}

/**
 * The interpreter looks at its time limit between instructions alone, and one instruction may be long: a thread that is
 * this much over its limit is ended.
 */
const GRACE_MS = 500;
/** A thread without work for so long gives its memory back. */
const IDLE_MS = 30_000;

/** `Sandbox` in threads of its own, so that no script holds up anything else, however it is made. */
export class SandboxThreads {
  private readonly pool: Piscina<Evaluation, Outcome>;

  constructor(private readonly options: SandboxThreadsOptions) {
    const { threads, waiting, ...limits } = options;
    this.pool = new Piscina({
      filename: compiledFile(__dirname, 'worker.js'),
      workerData: { limits },
      minThreads: 0,
      maxThreads: threads,
      maxQueue: waiting,
      idleTimeout: IDLE_MS,
      // Nothing of the process is handed on.
      env: {},
      argv: [],
      execArgv: [],
    });
  }

  /** Whether a script can be compiled. @throws ScriptError `syntax`, with the place. */
  async check(script: Script): Promise<void> {
    await this.run({ check: true, scripts: [script], values: {}, moment: { now: 0, seed: 0 } });
  }

  /** As `Sandbox.evaluate`. @throws ScriptError; DomainError `unavailable` when too many evaluations wait. */
  async evaluate(script: Script, values: Readonly<Record<string, JsonValue | undefined>>, moment: Moment) {
    return (await this.evaluateAll([script], values, moment))[0];
  }

  /** As `Sandbox.evaluateAll`. @throws ScriptError; DomainError `unavailable` when too many evaluations wait. */
  evaluateAll(
    scripts: readonly Script[],
    values: Readonly<Record<string, JsonValue | undefined>>,
    moment: Moment,
  ): Promise<(JsonValue | undefined)[]> {
    return scripts.length === 0 ? Promise.resolve([]) : this.run({ check: false, scripts, values, moment });
  }

  /** Lets nothing more begin, and ends what runs. */
  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async run(evaluation: Omit<Evaluation, 'started'>): Promise<(JsonValue | undefined)[]> {
    if (this.pool.queueSize >= this.options.waiting) throw unavailable('Too many scripts wait to be run', 1);
    const started = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    const watch = this.watch(new Float64Array(started));
    try {
      const { results, error } = await this.pool.run({ ...evaluation, started }, { signal: watch.signal });
      if (results) return results;
      throw Object.assign(new ScriptError(error.fault, error.message, error.position), { index: error.index });
    } catch (error) {
      if (!watch.signal.aborted) throw error;
      throw new ScriptError('timeout', 'it took longer than it may');
    } finally {
      watch.end();
    }
  }

  /** Aborts what has run for too long, not what still waits. */
  private watch(startedAt: Float64Array): { signal: AbortSignal; end: () => void } {
    const controller = new AbortController();
    const longest = this.options.timeMs + GRACE_MS;
    const look = (): void => {
      const ran = startedAt[0] === 0 ? 0 : Date.now() - startedAt[0]!;
      if (ran >= longest) controller.abort();
      else timer = setTimeout(look, longest - ran);
    };
    let timer = setTimeout(look, longest);
    return { signal: controller.signal, end: () => clearTimeout(timer) };
  }
}
