import { ScriptError, type ScriptFault } from './script-error';

/* What an interpreter threw, as an error of ours. */

/** Lines of the compiled text ahead of the script: two of `Function`, two of ours. */
const LINES_AHEAD = 4;

/** A call into the interpreter that did not end well enough to use this interpreter again. */
export class EngineLost extends Error {
  constructor(readonly error: ScriptError) {
    super(error.message);
  }
}

/** What leaves work or memory behind. */
const LOSES_ENGINE: ReadonlySet<ScriptFault> = new Set(['timeout', 'memory', 'output']);

/** In words of the interpreter. */
const NO_MEMORY: readonly string[] = ['out of memory', 'stack overflow', 'string too long'];

export const asynchronous = (): ScriptError =>
  new ScriptError('output', 'it is asynchronous; scripts here give their result at once');

/** Without a place: where time happens to be over says nothing, and differs each time. */
export const timedOut = (): ScriptError => new ScriptError('timeout', 'it took longer than it may');

/** What the prelude throws of what a script threw; whatever else arrives is the interpreter's own. */
interface Told {
  tooLarge?: boolean;
  asynchronous?: boolean;
  thrown?: boolean;
  name?: string;
  message?: string;
  stack?: string;
}

/** Whatever a call into the interpreter threw, before it is known in which script. */
export class Thrown extends Error {
  private readonly told: Told;

  constructor(value: unknown) {
    super('thrown in a script');
    this.told = typeof value === 'object' && value !== null ? value : { message: String(value) };
  }

  in(source: string, interrupted: boolean): ScriptError | EngineLost {
    const error = interrupted ? timedOut() : this.scriptError(positionIn(source, this.told.stack ?? ''));
    return LOSES_ENGINE.has(error.fault) ? new EngineLost(error) : error;
  }

  private scriptError(position: ScriptError['position']): ScriptError {
    const { tooLarge, asynchronous: isAsynchronous, thrown, name = '', message = '' } = this.told;
    if (tooLarge) return new ScriptError('output', 'its result is too large');
    if (isAsynchronous) return asynchronous();
    if (name === 'InternalError' && NO_MEMORY.includes(message)) {
      const text = message === 'stack overflow' ? 'it calls itself too deeply' : 'it takes more memory than it may';
      return new ScriptError('memory', text, position);
    }
    const label = name === '' || name === 'Error' ? '' : `${name}: `;
    return new ScriptError(thrown ? 'thrown' : 'syntax', label + message, position);
  }
}

/** The innermost place in the script itself. The interpreter counts characters, we count as JavaScript does. */
function positionIn(source: string, stack: string): ScriptError['position'] {
  const match = /<input>:(\d{1,7}):(\d{1,7})/.exec(stack);
  if (!match) return undefined;
  const line = Number(match[1]) - LINES_AHEAD;
  const text = source.split('\n')[line - 1];
  if (text === undefined) return undefined;
  const before = Array.from(text).slice(0, Number(match[2]) - 1);
  return { line, column: before.join('').length + 1 };
}
