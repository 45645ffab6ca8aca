import { ScriptError, type ScriptFault } from './script-error';

/* What an interpreter threw, as an error of ours. */

/** Lines of the compiled text ahead of the script: two of `Function`, two of ours. */
const LINES_AHEAD = 4;

const LONGEST_MESSAGE = 500;

/** A call into the interpreter that did not end well enough to use this interpreter again. */
export class EngineLost extends Error {
  constructor(readonly error: ScriptError) {
    super(error.message);
  }
}

/** What leaves work or memory behind. */
export const LOSES_ENGINE: ReadonlySet<ScriptFault> = new Set(['timeout', 'memory', 'output']);

export const asynchronous = (): ScriptError =>
  new ScriptError('output', 'it is asynchronous; scripts here give their result at once');

interface Thrown {
  name?: unknown;
  message?: unknown;
  stack?: unknown;
  tooLarge?: boolean;
  asynchronous?: boolean;
}

export function toScriptError(thrown: unknown): ScriptError {
  if (typeof thrown !== 'object' || thrown === null)
    return new ScriptError('thrown', String(thrown).slice(0, LONGEST_MESSAGE));
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
  return (label + text).slice(0, LONGEST_MESSAGE);
}

const safeJson = (value: unknown): string => JSON.stringify(value)?.slice(0, LONGEST_MESSAGE) ?? 'undefined';

/** The innermost place in the script itself. */
function positionIn(stack: string): { line: number; column: number } | undefined {
  const match = /<input>:(\d+):(\d+)/.exec(stack);
  if (!match) return undefined;
  const line = Number(match[1]) - LINES_AHEAD;
  return line > 0 ? { line, column: Number(match[2]) } : undefined;
}
