/*
 * The V8 of Node 24 and 26 (nodejs/node issue 63785, ADR 0030) takes a member's name that is written with escapes for
 * another one that it has met before, if that is what the escaped characters look like: after `{"gr\\u0":1}`, it reads
 * `{"gr\u00f6\u00dfe":2}` as `{"gr\\u0":2}`. So what one sender has written spoils the names of another, in all that reads
 * JSON. Names are therefore written without escapes before V8 sees them. `parse-json.spec` tells when this can go.
 */

const native = JSON.parse;

/** In the place of a name that cannot be written without escapes stands this, with a number. No name is like it by chance. */
const STAND_IN = `\uE000${Math.random().toString(36).slice(2)}\uE000`;

interface EscapedName {
  /** Of its quotes in the text. */
  start: number;
  end: number;
  name: string;
}

/**
 * As `JSON.parse`, and in its place as soon as this is loaded: libraries read JSON, too.
 * @param reviver is not told names with quotes, backslashes or control characters.
 * @throws SyntaxError
 */
function parseJson(text: string, reviver?: (this: unknown, key: string, value: unknown) => unknown): unknown {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-template-expression -- Of whatever it is, a text is made.
  const given = `${text}`;
  const escaped = given.includes('\\') ? escapedNames(given) : [];
  if (escaped.length === 0) return native(given, reviver);
  const standIns = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, name } of escaped) {
    parts.push(given.slice(at, start), `"${plainName(name, standIns)}"`);
    at = end;
  }
  const value: unknown = native(parts.join('') + given.slice(at), reviver);
  if (standIns.size === 0) return value;
  try {
    return named(value, new Map([...standIns].map(([name, standIn]) => [standIn, name])));
  } catch {
    throw new SyntaxError('JSON with escaped names is nested too deeply');
  }
}

function plainName(name: string, standIns: Map<string, string>): string {
  if (!/["\\\u0000-\u001f]/.test(name)) return name;
  const standIn = standIns.get(name) ?? `${STAND_IN}${standIns.size}`;
  standIns.set(name, standIn);
  return standIn;
}

/** None where something is wrong with the text: the parser says what. */
function escapedNames(text: string): EscapedName[] {
  const found: EscapedName[] = [];
  let backslash = text.indexOf('\\');
  for (let start = text.indexOf('"'); start >= 0 && backslash >= 0;) {
    const end = endOfString(text, start);
    if (end < 0) return [];
    if (backslash < start) backslash = text.indexOf('\\', start);
    if (backslash > start && backslash < end && isName(text, end)) {
      const name = decoded(text.slice(start, end));
      if (name === undefined) return [];
      found.push({ start, end, name });
    }
    start = text.indexOf('"', end);
  }
  return found;
}

/** Behind its closing quote; -1 where it has none. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text[before] === '\\') before--;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
  return -1;
}

const AFTER_NAME = /[ \t\n\r]*:/y;

function isName(text: string, end: number): boolean {
  AFTER_NAME.lastIndex = end;
  return AFTER_NAME.test(text);
}

function decoded(literal: string): string | undefined {
  try {
    return native(literal) as string;
  } catch {
    return undefined;
  }
}

/** The value with names in the place of what stands for them. @throws RangeError where it is nested too deeply. */
function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => named(each, names));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [names.get(key) ?? key, named(each, names)]));
}

JSON.parse = parseJson as typeof JSON.parse;
