import type { JsonValue } from '#kernel';
import { Engine, type Moment, type SandboxLimits, type Script, type ValueTexts } from './engine';
import { Progress } from './progress';
import { ScriptError } from './script-error';
import { EngineLost } from './thrown';

export type ScriptValues = Readonly<Record<string, JsonValue | undefined>>;

export interface RunOptions {
  /** Milliseconds for all the scripts, up to those of the sandbox. */
  timeMs?: number;
  progress?: Progress;
}

/** Compiled scripts take memory: with more of them a new interpreter begins. */
const MOST_COMPILED = { scripts: 1_000, characters: 1_000_000 };

/** Evaluations after which a new interpreter begins, since nothing gives fragmented WebAssembly memory back. */
const MOST_EVALUATIONS = 100_000;

/**
 * Runs users' JavaScript (ECMAScript 2023) where it reaches nothing of ours: an interpreter in WebAssembly, without
 * files, network, timers or modules, with a clock that stands still and random numbers of a seed, and with limits of
 * time, memory and output. Scripts cannot leave anything behind for one another: all built-in objects are frozen.
 *
 * Evaluation blocks the thread for up to its time limit, twice that where memory ends.
 */
export class Sandbox {
  private engine: Promise<Engine> | undefined;
  private evaluations = 0;

  /** Takes memory from the first evaluation on. */
  constructor(private readonly limits: SandboxLimits) {}

  /** Whether a script can be compiled. @throws ScriptError `syntax`, with the place. */
  async check(script: Script, options: RunOptions = {}): Promise<void> {
    await this.within(options, (engine, timeMs) => engine.compile(0, timeMs, script));
  }

  /**
   * The result of a script; undefined where it gives none. What JSON does not know is missing in it.
   * @throws ScriptError
   */
  async evaluate(script: Script, values: ScriptValues, moment: Moment, options?: RunOptions) {
    return (await this.evaluateAll([script], values, moment, options))[0];
  }

  /**
   * Results of several scripts. Their values cross the border once; each script has its own copy of them.
   * @throws ScriptError with `index`, the number of the script that failed.
   */
  async evaluateAll(scripts: readonly Script[], values: ScriptValues, moment: Moment, options?: RunOptions) {
    return fromTexts(await this.evaluateTexts(scripts, toTexts(values), moment, options));
  }

  /** As `evaluateAll`, with values and results as JSON. */
  async evaluateTexts(
    scripts: readonly Script[],
    values: ValueTexts,
    moment: Moment,
    options: RunOptions = {},
  ): Promise<(string | undefined)[]> {
    if (scripts.length === 0) return [];
    return this.within(options, (engine, timeMs) => {
      const compiled = scripts.map((script, index) => engine.compile(index, timeMs, script));
      return engine.run(compiled, values, moment, timeMs);
    });
  }

  private async within<T>(options: RunOptions, work: (engine: Engine, timeMs: number) => T): Promise<T> {
    const { timeMs = this.limits.timeMs, progress = new Progress() } = options;
    const engine = await this.ready();
    // By another evaluation that was also waiting for it.
    if (engine.lost) return this.within(options, work);
    const { fresh } = engine;
    engine.follow(progress);
    try {
      return work(engine, Math.min(timeMs, this.limits.timeMs));
    } catch (error) {
      const failure = error instanceof EngineLost ? error.error : error;
      if (!(failure instanceof ScriptError)) throw error;
      if (error instanceof EngineLost) {
        engine.lost = true;
        this.forget();
      }
      // What others left in its memory is no fault of this one.
      if (failure.fault === 'memory' && !fresh) return this.within(options, work);
      throw Object.assign(failure, { index: progress.index });
    }
  }

  private async ready(): Promise<Engine> {
    const { scripts, characters } = MOST_COMPILED;
    const engine = await (this.engine ??= this.create());
    const full = engine.kept.scripts >= scripts || engine.kept.characters >= characters;
    if (!full && ++this.evaluations <= MOST_EVALUATIONS) return engine;
    this.forget();
    return this.ready();
  }

  private async create(): Promise<Engine> {
    try {
      return await Engine.create(this.limits);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Not disposed of: a script that was stopped may hold what it never gives back. All its memory goes at once. */
  private forget(): void {
    this.evaluations = 0;
    this.engine = undefined;
  }
}

export const toTexts = (values: ScriptValues): ValueTexts =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));

export const fromTexts = (texts: readonly (string | undefined)[]): (JsonValue | undefined)[] =>
  texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as JsonValue)));
