import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { PRELUDE } from './prelude';
import { ScriptError, type ScriptFault } from './script-error';

export interface SandboxLimits {
  /** For one evaluation, in milliseconds. */
  timeMs: number;
  memoryBytes: number;
  /** Characters of all results of one evaluation, as JSON. */
  outputLength: number;
}

const PRELUDE_MS = 10_000;
const STACK_BYTES = 256 * 1024;
/** Lines of the compiled text ahead of the script: two of `Function`, two of ours. */
const LINES_AHEAD = 4;

/** A call into the interpreter that did not end well enough to use this interpreter again. */
export class EngineLost extends Error {
  constructor(readonly error: ScriptError) {
    super(error.message);
  }
}

type Functions = Record<'compile' | 'run' | 'current' | 'list', QuickJSHandle>;

/** One interpreter: WebAssembly memory of its own, in which nothing of the host can be reached. */
export class Engine {
  private readonly compiled = new Map<string, QuickJSHandle>();
  private readonly functions: Functions;
  private deadline = 0;

  private constructor(
    private readonly runtime: QuickJSRuntime,
    private readonly context: QuickJSContext,
    private readonly limits: SandboxLimits,
  ) {
    runtime.setMemoryLimit(limits.memoryBytes);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => performance.now() > this.deadline);
    // The limits are those of scripts; on a busy machine the prelude takes longer than some of them may.
    this.functions = this.guarded(PRELUDE_MS, () => {
      const prelude = this.take(context.evalCode(PRELUDE, 'prelude.js'));
      const names = ['compile', 'run', 'current', 'list'] as const;
      const entries = names.map((name) => [name, context.getProp(prelude, name)] as const);
      prelude.dispose();
      return Object.fromEntries(entries) as Functions;
    });
  }

  static async create(limits: SandboxLimits): Promise<Engine> {
    const module = await newQuickJSWASMModuleFromVariant(variant);
    const runtime = module.newRuntime();
    return new Engine(runtime, runtime.newContext(), limits);
  }

  /** Scripts that are kept compiled. */
  get size(): number {
    return this.compiled.size;
  }

  /** @throws ScriptError `syntax` */
  compile(key: string, names: readonly string[], body: string): QuickJSHandle {
    const known = this.compiled.get(key);
    if (known) return known;
    const made = this.guarded(this.limits.timeMs, () => {
      const parameters = this.context.newString(JSON.stringify(names));
      const text = this.context.newString(`"use strict";\n${body}`);
      const result = this.context.callFunction(this.functions.compile, this.context.undefined, parameters, text);
      parameters.dispose();
      text.dispose();
      return this.take(result);
    });
    this.compiled.set(key, made);
    return made;
  }

  /**
   * Calls the functions one after another with the same values; gives their results as JSON texts.
   * @throws ScriptError with the number of the one that failed; EngineLost with such an error.
   */
  run(functions: readonly QuickJSHandle[], values: string, now: number, seed: number): (string | null)[] {
    try {
      return this.call(functions, values, now, seed);
    } catch (error) {
      const failure = error instanceof EngineLost ? error.error : error;
      if (failure instanceof ScriptError) failure.index = this.lastCalled();
      throw error;
    }
  }

  private call(functions: readonly QuickJSHandle[], values: string, now: number, seed: number): (string | null)[] {
    const { context } = this;
    const text = this.guarded(this.limits.timeMs, () => {
      const list = this.take(context.callFunction(this.functions.list, context.undefined, ...functions));
      const rest = [context.newString(values), context.newNumber(now), context.newNumber(seed)];
      const longest = context.newNumber(this.limits.outputLength);
      const result = context.callFunction(this.functions.run, context.undefined, list, ...rest, longest);
      for (const handle of [list, ...rest, longest]) handle.dispose();
      const results = this.take(result);
      const given = context.getString(results);
      results.dispose();
      return given;
    });
    // Work for later would run in somebody else's evaluation.
    if (this.runtime.hasPendingJob()) throw new EngineLost(asynchronous());
    return JSON.parse(text) as (string | null)[];
  }

  /** The function that was being called; the first where an interpreter that fell over cannot tell. */
  private lastCalled(): number {
    try {
      return this.guarded(this.limits.timeMs, () => {
        const result = this.take(this.context.callFunction(this.functions.current, this.context.undefined));
        return this.context.getNumber(result);
      });
    } catch {
      return 0;
    }
  }

  private guarded<T>(timeMs: number, work: () => T): T {
    this.deadline = performance.now() + timeMs;
    try {
      return work();
    } catch (error) {
      if (error instanceof ScriptError || error instanceof EngineLost) throw error;
      // The interpreter itself fell over, as WebAssembly does when its own stack or memory ends.
      throw new EngineLost(new ScriptError('memory', `it broke the interpreter: ${(error as Error).message}`));
    }
  }

  /** The value, or the error as one of ours. */
  private take(result: ReturnType<QuickJSContext['callFunction']>): QuickJSHandle {
    if (!result.error) return result.value;
    const thrown = this.context.dump(result.error) as unknown;
    result.error.dispose();
    const error = toScriptError(thrown);
    throw LOSES_ENGINE.has(error.fault) ? new EngineLost(error) : error;
  }
}

/** What leaves work or memory behind. */
const LOSES_ENGINE: ReadonlySet<ScriptFault> = new Set(['timeout', 'memory', 'output']);

const asynchronous = (): ScriptError =>
  new ScriptError('output', 'it is asynchronous; scripts here give their result at once');

interface Thrown {
  name?: unknown;
  message?: unknown;
  stack?: unknown;
  tooLarge?: boolean;
  asynchronous?: boolean;
}

function toScriptError(thrown: unknown): ScriptError {
  if (typeof thrown !== 'object' || thrown === null) return new ScriptError('thrown', String(thrown).slice(0, 500));
  const { name, message, stack, tooLarge, asynchronous: isAsynchronous } = thrown as Thrown;
  if (tooLarge) return new ScriptError('output', 'its result is too large');
  if (isAsynchronous) return asynchronous();
  const text = typeof message === 'string' ? message : safeJson(thrown);
  const label = typeof name === 'string' && name !== 'Error' && typeof message === 'string' ? `${name}: ` : '';
  const fault = faultOf(String(name), text);
  return new ScriptError(fault, plain(fault, label, text), positionIn(typeof stack === 'string' ? stack : ''));
}

function faultOf(name: string, message: string): ScriptFault {
  if (name === 'InternalError' && message === 'interrupted') return 'timeout';
  if (name === 'InternalError' && (message === 'out of memory' || message === 'stack overflow')) return 'memory';
  return name === 'SyntaxError' ? 'syntax' : 'thrown';
}

function plain(fault: ScriptFault, label: string, text: string): string {
  if (fault === 'timeout') return 'it took longer than it may';
  if (fault === 'memory')
    return text === 'stack overflow' ? 'it calls itself too deeply' : 'it takes more memory than it may';
  return (label + text).slice(0, 500);
}

const safeJson = (value: unknown): string => JSON.stringify(value)?.slice(0, 500) ?? 'undefined';

/** The innermost place in the script itself. */
function positionIn(stack: string): { line: number; column: number } | undefined {
  const match = /<input>:(\d+):(\d+)/.exec(stack);
  if (!match) return undefined;
  const line = Number(match[1]) - LINES_AHEAD;
  return line > 0 ? { line, column: Number(match[2]) } : undefined;
}
