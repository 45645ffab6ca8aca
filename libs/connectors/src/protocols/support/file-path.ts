import type { FieldProblem } from '#kernel';
import type { JsonObject } from '../protocol';
import { text } from './schema';

/*
 * Paths of files and keys of objects. All of them are below the connection's base: a slash at their beginning means that
 * base, and nothing in them leads out of it, not even for servers that decode them once more.
 */

/** Bytes in UTF-8; S3 and Azure take as many, file systems four times that. */
const LONGEST_PATH = 1_024;

export const path = (description: string, more: object = {}): JsonObject =>
  text(description, { maxLength: LONGEST_PATH, ...more });

const CONTROL = /[\x00-\x1f\x7f]/;
/** One or two dots, as they are or encoded. */
const DOTS = /^(?:\.|%2e){1,2}$/i;
const ENCODED_SEPARATOR = /%(?:2f|5c|00)/i;

/** What is wrong with a path. `needed`: it has to name something below the base. */
export function pathProblems(field: string, given: string | undefined, needed = false): FieldProblem[] {
  const problem = given === undefined ? undefined : problemOf(given, needed);
  return problem === undefined ? [] : [{ field, message: `${field} ${problem}` }];
}

function problemOf(given: string, needed: boolean): string | undefined {
  if (CONTROL.test(given)) return 'must not have control characters';
  if (!given.isWellFormed()) return 'must be well-formed Unicode';
  if (given.includes('\\')) return 'must not have a backslash';
  if (ENCODED_SEPARATOR.test(given)) return 'must not have an encoded slash, backslash or NUL';
  const segments = inner(given).split('/');
  if (segments.some((segment) => DOTS.test(segment))) return 'must not have . or .. as a segment';
  if (segments.length > 1 && segments.includes('')) return 'must not have an empty segment';
  if (Buffer.byteLength(given) > LONGEST_PATH) return `must be at most ${LONGEST_PATH} bytes`;
  return needed && inner(given) === '' ? 'must name something' : undefined;
}

/** Without the slashes around it. */
const inner = (given: string): string => given.replace(/^\//, '').replace(/\/$/, '');

/**
 * A path that has no problems, below the base: `plant/` and `/a/b` give `plant/a/b`. A base of slashes alone, or none, adds
 * nothing; a slash at the end stays, since it makes another key of it.
 */
export function underBase(base: string, given: string): string {
  const way = given.replace(/^\//, '');
  const start = baseOf(base);
  return `${start}${way}`;
}

/** The base as what paths begin with: `plant` gives `plant/`. */
export function baseOf(base = ''): string {
  const bare = base.replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `${bare}/`;
}
