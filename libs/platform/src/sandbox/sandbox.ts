import type { JsonValue } from '#kernel';
import { Engine, EngineLost, type SandboxLimits } from './engine';
import { ScriptError } from './script-error';

/** What every evaluation is told from outside: its clock and its random numbers. */
export interface Moment {
  /** What `Date.now()` gives, in milliseconds since the epoch. */
  now: number;
  /** A 32-bit integer. The same one gives the same numbers. */
  seed: number;
}

/** A script and the names by which it sees its values. Equal ones are compiled once. */
export interface Script {
  /** An expression, or statements with `return`. */
  source: string;
  parameters: readonly string[];
}

/** Compiled scripts take memory: with more of them a new interpreter begins. */
const MOST_COMPILED = 1_000;

/** Evaluations after which a new interpreter begins, since nothing gives fragmented WebAssembly memory back. */
const MOST_EVALUATIONS = 100_000;

/**
 * Runs users' JavaScript (ECMAScript 2023) where it reaches nothing of ours: an interpreter in WebAssembly, without
 * files, network, timers or modules, with a clock that stands still and random numbers of a seed, and with limits of
 * time, memory and output. Scripts cannot leave anything behind for one another: all built-in objects are frozen.
 *
 * Evaluation blocks the thread for up to its time limit.
 */
export class Sandbox {
  private engine: Promise<Engine> | undefined;
  private evaluations = 0;

  /** Takes memory from the first evaluation on. */
  constructor(private readonly limits: SandboxLimits) {}

  /** Whether a script can be compiled. @throws ScriptError `syntax`, with the place. */
  async check(script: Script): Promise<void> {
    const engine = await this.ready();
    this.guarded(() => compile(engine, script));
  }

  /**
   * The result of a script; undefined where it gives none. What JSON does not know is missing in it.
   * @throws ScriptError
   */
  async evaluate(script: Script, values: Readonly<Record<string, JsonValue | undefined>>, moment: Moment) {
    return (await this.evaluateAll([script], values, moment))[0];
  }

  /**
   * Results of scripts with the same parameters: their values cross the border once.
   * @throws ScriptError with `index`, the number of the script that failed.
   */
  async evaluateAll(
    scripts: readonly Script[],
    values: Readonly<Record<string, JsonValue | undefined>>,
    { now, seed }: Moment,
  ): Promise<(JsonValue | undefined)[]> {
    if (scripts.length === 0) return [];
    const engine = await this.ready();
    const given = JSON.stringify([scripts[0]!.parameters, values]);
    return this.guarded(() => {
      const functions = scripts.map((script, index) => compile(engine, script, index));
      const texts = engine.run(functions, given, now, seed);
      return texts.map((text) => (text === null ? undefined : (JSON.parse(text) as JsonValue)));
    });
  }

  private async ready(): Promise<Engine> {
    const engine = await (this.engine ??= this.create());
    if (engine.size < MOST_COMPILED && ++this.evaluations < MOST_EVALUATIONS) return engine;
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

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EngineLost)) throw error;
      this.forget();
      throw error.error;
    }
  }
}

/** An expression where it is one, statements elsewhere; what both refuse is told as statements. */
function compile(engine: Engine, { source, parameters }: Script, index = 0) {
  const key = `${parameters.join()}\n${source}`;
  try {
    return engine.compile(key, parameters, `return (\n${source}\n)`);
  } catch (error) {
    if (!(error instanceof ScriptError) || error.fault !== 'syntax') throw error;
  }
  try {
    return engine.compile(key, parameters, `\n${source}`);
  } catch (error) {
    if (error instanceof ScriptError) error.index = index;
    throw error;
  }
}
