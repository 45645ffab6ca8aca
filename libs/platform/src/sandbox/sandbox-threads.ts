import { Piscina } from 'piscina';
import { unavailable, type JsonValue } from '#kernel';
import { compiledFile } from '../threads';
import type { Evaluation, Outcome } from './evaluation';
import type { Moment, SandboxLimits, Script } from './engine';
import { Progress } from './progress';
import { fromTexts, toTexts, type ScriptValues } from './sandbox';
import { ScriptError } from './script-error';
import { timedOut } from './thrown';

export interface SandboxThreadsOptions extends SandboxLimits {
  threads: number;
  /** Evaluations that may wait for a thread. */
  waiting: number;
}

export interface EvaluationOptions {
  /** Milliseconds for all the scripts of the evaluation, up to those of the threads; theirs where nothing is said. */
  timeMs?: number;
  /** Ends the evaluation, which then fails with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * The interpreter looks at its time limit between instructions alone, and one instruction may be long: a thread that is
 * this much over its limit is ended.
 */
const GRACE_MS = 500;
/** … after a second look: while the whole machine stood still, or its result waited to be read, it ran no script. */
const SECOND_LOOK_MS = 100;
/** A thread without work for so long gives its memory back. */
const IDLE_MS = 30_000;

/** `Sandbox` in threads of its own, so that no script holds up anything else, however it is made. */
export class SandboxThreads {
  private readonly pool: Piscina<Evaluation, Outcome>;

  /** Threads start with the first evaluations. */
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
  async check(script: Script, options?: EvaluationOptions): Promise<void> {
    await this.run({ check: true, scripts: [script], values: {}, moment: { now: 0, seed: 0 } }, options);
  }

  /** As `Sandbox.evaluate`. @throws ScriptError; DomainError `unavailable` when too many evaluations wait. */
  async evaluate(script: Script, values: ScriptValues, moment: Moment, options?: EvaluationOptions) {
    return (await this.evaluateAll([script], values, moment, options))[0];
  }

  /** As `Sandbox.evaluateAll`. @throws ScriptError; DomainError `unavailable` when too many evaluations wait. */
  async evaluateAll(
    scripts: readonly Script[],
    values: ScriptValues,
    moment: Moment,
    options?: EvaluationOptions,
  ): Promise<(JsonValue | undefined)[]> {
    if (scripts.length === 0) return [];
    // As texts: V8 copies those between threads faster than what is in them.
    return fromTexts(await this.run({ check: false, scripts, values: toTexts(values), moment }, options));
  }

  /** Lets nothing more begin, and ends what runs. */
  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async run(
    evaluation: Omit<Evaluation, 'progress' | 'timeMs'>,
    { timeMs = this.options.timeMs, signal }: EvaluationOptions = {},
  ): Promise<(string | undefined)[]> {
    signal?.throwIfAborted();
    if (this.pool.queueSize >= this.options.waiting) throw tooMany();
    const progress = new Progress();
    const watch = watchOver(progress, timeMs);
    signal?.addEventListener('abort', watch.abort);
    try {
      const task = { ...evaluation, timeMs, progress: progress.memory };
      const { results, error } = await this.pool.run(task, { signal: watch.signal });
      if (results) return results;
      throw Object.assign(new ScriptError(error.fault, error.message, error.position), { index: error.index });
    } catch (error) {
      signal?.throwIfAborted();
      if (!watch.signal.aborted) throw error;
      throw Object.assign(timedOut(), { index: progress.index });
    } finally {
      signal?.removeEventListener('abort', watch.abort);
      watch.end();
    }
  }
}

/** Ends what has run for too long, not what still waits. What is aborted is asked to end first. */
function watchOver(progress: Progress, timeMs: number): { signal: AbortSignal; abort: () => void; end: () => void } {
  const controller = new AbortController();
  let wasOverdue = false;
  const look = (): void => {
    const { overdueMs } = progress;
    const isOverdue = overdueMs >= GRACE_MS;
    if (isOverdue && wasOverdue) return controller.abort();
    wasOverdue = isOverdue;
    timer = setTimeout(look, isOverdue ? SECOND_LOOK_MS : Math.min(GRACE_MS - overdueMs, GRACE_MS + timeMs));
  };
  let timer = setTimeout(look, GRACE_MS + timeMs);
  const end = (): void => clearTimeout(timer);
  const abort = (): void => {
    progress.abort();
    end();
    look();
  };
  return { signal: controller.signal, abort, end };
}

export const tooMany = () => unavailable('Too many scripts wait to be run', 1);
