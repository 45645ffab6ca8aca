import { RE2JS, RE2JSException } from 're2js';

/** What Ajv needs of a pattern. Its text names it in Ajv's cache. */
interface Pattern {
  test: (text: string) => boolean;
  toString: () => string;
}

/**
 * Users' patterns by RE2, whose time grows with the text alone: JavaScript's own can be made to run for years by
 * `^(a+)+$`. What needs backtracking (look-behind, back references) is refused.
 */
function pattern(source: string): Pattern {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
  return { test: (text) => compiled.matcher(text).find(), toString: () => `re2 ${source}` };
}

/** For Ajv's `code.regExp`. `code` is what stand-alone modules would print, which we make none of. */
export const re2 = Object.assign(pattern, { code: 're2' });

/** Why a pattern is none, or undefined when it is one. */
export function patternProblem(source: string): string | undefined {
  try {
    RE2JS.compile(RE2JS.translateRegExp(source));
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace(/^error parsing regexp: /, '');
    throw error;
  }
}
