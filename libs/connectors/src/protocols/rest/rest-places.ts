import { ParameterRefusal, type JsonObject, type PlaceEncoder } from '../protocol';
import { isHeaderValue } from './rest-config';

/** How a parameter becomes part of a request, by where in the function's config it stands. */
export function encoderAt([top, name]: readonly string[], config: JsonObject): PlaceEncoder | undefined {
  if (top === 'path') return intoPath;
  if (top === 'headers') return intoHeader;
  // A text with places in it. Any other body is made of members, which JSON and forms encode by themselves.
  if (top === 'body' && name === undefined && !isWhole(config['body'])) return bodyEncoder(config);
  return undefined;
}

const isWhole = (text: unknown): boolean => typeof text === 'string' && /^\(\(\s*\w+\s*\)\)$/.test(text);

/** One segment, or part of one: it can neither end the segment nor begin the query. */
const intoPath: PlaceEncoder = (text, before) => {
  if (text === '' && !before.includes('?')) throw new ParameterRefusal('must not be empty in a path');
  return encodeURIComponent(text.toWellFormed());
};

const intoHeader: PlaceEncoder = (text) => {
  if (!isHeaderValue(text)) throw new ParameterRefusal('must be one line of Latin letters in a header');
  return text;
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const BODIES: readonly (readonly [RegExp, PlaceEncoder])[] = [
  [/[/+]json\b/, (text) => JSON.stringify(text).slice(1, -1)],
  [/\bx-www-form-urlencoded\b/, (text) => encodeURIComponent(text.toWellFormed())],
  [/[/+]xml\b/, (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)],
];

/** By what the header says that the text is. */
function bodyEncoder({ headers }: JsonObject): PlaceEncoder | undefined {
  const named = Object.entries((headers ?? {}) as JsonObject).find(
    ([name]) => name.toLowerCase() === 'content-type',
  )?.[1];
  return BODIES.find(([type]) => typeof named === 'string' && type.test(named))?.[1];
}
