import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { PRELUDE } from './prelude';
import { Progress } from './progress';
import { ScriptError } from './script-error';
import { formOf } from './script-form';
import { asynchronous, EngineLost, Thrown, timedOut } from './thrown';

export interface SandboxLimits {
  /** Of all scripts of one evaluation together, in milliseconds. */
  timeMs: number;
  memoryBytes: number;
  /** Characters of all results of one evaluation, as JSON. */
  outputLength: number;
}

/** A script and the names by which it sees its values. Equal ones are compiled once. */
export interface Script {
  /** An expression, or statements with `return`. */
  source: string;
  parameters: readonly string[];
}

/** The values of scripts by their names, each as JSON. */
export type ValueTexts = Readonly<Record<string, string | undefined>>;

/** What every evaluation is told from outside: its clock and its random numbers. */
export interface Moment {
  /** What `Date.now()` gives, in milliseconds since the epoch. */
  now: number;
  /** A 32-bit integer. The same one gives the same numbers. */
  seed: number;
}

/** For what is no script's own doing: the prelude, and values on their way in. The busiest machine stays below. */
const OWN_WORK_MS = 10_000;
const STACK_BYTES = 256 * 1024;

interface Compiled {
  source: string;
  /** Of the prelude's making. */
  handle: QuickJSHandle;
}

const FUNCTIONS = ['compile', 'hand', 'prepare', 'call'] as const;

/** One interpreter: WebAssembly memory of its own, in which nothing of the host can be reached. */
export class Engine {
  private readonly compiled = new Map<string, Compiled>();
  private readonly functions: Record<(typeof FUNCTIONS)[number], QuickJSHandle>;
  private progress = new Progress();
  private interrupted = false;
  /** Nothing has run in it yet. */
  fresh = true;
  /** What runs in it may go wrong by no fault of its own. */
  lost = false;
  /** Scripts that are kept compiled, and their characters. */
  readonly kept = { scripts: 0, characters: 0 };

  private constructor(
    private readonly runtime: QuickJSRuntime,
    private readonly context: QuickJSContext,
    private readonly limits: SandboxLimits,
  ) {
    runtime.setMemoryLimit(limits.memoryBytes);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => this.interrupts());
    this.functions = this.guarded(0, OWN_WORK_MS, '', () => {
      const prelude = this.take(context.evalCode(PRELUDE, 'prelude.js'));
      const entries = FUNCTIONS.map((name) => [name, context.getProp(prelude, name)] as const);
      prelude.dispose();
      return Object.fromEntries(entries) as typeof this.functions;
    });
  }

  static async create(limits: SandboxLimits): Promise<Engine> {
    const module = await newQuickJSWASMModuleFromVariant(variant);
    const runtime = module.newRuntime();
    return new Engine(runtime, runtime.newContext(), limits);
  }

  /** From now on, what it does is seen there, and can be ended there. */
  follow(progress: Progress): void {
    this.progress = progress;
    this.fresh = false;
  }

  /** @throws ScriptError `syntax`; EngineLost. */
  compile(index: number, timeMs: number, { source, parameters }: Script): Compiled {
    const key = `${parameters.join()}\n${source}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const handle = this.guarded(index, timeMs, source, () => {
      const body = formOf(source) === 'expression' ? `return (\n${source}\n)` : `\n${source}`;
      // As JSON: texts end at their first NUL on this way.
      return this.ask('compile', this.context.newString(JSON.stringify([parameters, `"use strict";\n${body}`])));
    });
    const made = { source, handle };
    this.compiled.set(key, made);
    this.kept.scripts++;
    this.kept.characters += source.length;
    return made;
  }

  /**
   * Calls the compiled scripts one after another, each with values of its own; gives their results as JSON.
   * @throws ScriptError; EngineLost. `Progress.index` is the one that failed.
   */
  run(scripts: readonly Compiled[], values: ValueTexts, moment: Moment, timeMs: number): (string | undefined)[] {
    this.hand(values, moment);
    let left = timeMs;
    return scripts.map(({ source, handle }, index) => {
      this.guarded(index, OWN_WORK_MS, '', () => this.ask('prepare', handle.dup()).dispose());
      const text = this.guarded(index, left, source, () => this.textOf(this.ask('call', handle.dup())));
      left = -this.progress.overdueMs;
      // Work for later would run in somebody else's evaluation.
      if (this.runtime.hasPendingJob()) throw new EngineLost(asynchronous());
      return text;
    });
  }

  private hand(values: ValueTexts, { now, seed }: Moment): void {
    const { context } = this;
    const given = Object.entries(values).filter(([, text]) => text !== undefined) as [string, string][];
    this.guarded(0, OWN_WORK_MS, '', () => {
      const numbers = [now, seed, this.limits.outputLength].map((number) => context.newNumber(number));
      this.ask('hand', ...numbers, ...given.flat().map((text) => context.newString(text))).dispose();
    });
  }

  private textOf(result: QuickJSHandle): string | undefined {
    const text = this.context.typeof(result) === 'string' ? this.context.getString(result) : undefined;
    result.dispose();
    return text;
  }

  /** Calls a function of the prelude, and lets go of what it was called with. */
  private ask(name: keyof typeof this.functions, ...values: QuickJSHandle[]): QuickJSHandle {
    const result = this.context.callFunction(this.functions[name], this.context.undefined, ...values);
    for (const value of values) value.dispose();
    return this.take(result);
  }

  private guarded<T>(index: number, timeMs: number, source: string, work: () => T): T {
    this.interrupted = false;
    this.progress.begin(index, timeMs);
    try {
      const result = work();
      if (this.interrupted) throw new EngineLost(timedOut());
      return result;
    } catch (error) {
      if (error instanceof Thrown) throw error.in(source, this.interrupted);
      if (error instanceof ScriptError || error instanceof EngineLost) throw error;
      if (this.interrupted) throw new EngineLost(timedOut());
      // The interpreter itself fell over, as WebAssembly does when its own stack or memory ends.
      throw new EngineLost(new ScriptError('memory', 'it takes more memory than it may'));
    }
  }

  /** Asked by the interpreter every 10,000 instructions. */
  private interrupts(): boolean {
    if (this.progress.overdueMs <= 0) return false;
    this.interrupted = true;
    // In the interpreter's own loops, over iterators for one, scripts can catch this: they shall call nothing any more.
    this.runtime.setMaxStackSize(1);
    return true;
  }

  /** The value, or the error as one of ours. */
  private take(result: ReturnType<QuickJSContext['callFunction']>): QuickJSHandle {
    if (!result.error) return result.value;
    const thrown = this.context.dump(result.error) as unknown;
    result.error.dispose();
    throw new Thrown(thrown);
  }
}
