import type { FieldProblem, JsonValue } from '#kernel';
import { isObject, type JsonMembers } from './inputs';

/** Names by which objects reach what all objects share. */
const UNSAFE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const LONGEST_PATH = 256;
const DEEPEST_PATH = 16;

/** Whether a member of that name may be written. */
export const isSafeName = (name: string): boolean => !UNSAFE.has(name);

/** Why a path (`motor.rpm`) cannot name a field, in words that go on after its title, or undefined when it can. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path.length > LONGEST_PATH) return `must be at most ${LONGEST_PATH} characters long`;
  const steps = path.split('.');
  if (steps.includes('')) return 'must not have empty parts between its dots';
  if (steps.length > DEEPEST_PATH) return `must be at most ${DEEPEST_PATH} levels deep`;
  const unsafe = steps.find((step) => !isSafeName(step));
  return unsafe === undefined ? undefined : `must not name ${unsafe}`;
}

/** The same as a problem of a parameter, which may hold an expression and then be anything. */
export function pathProblems(path: JsonValue | undefined, field: string, title = 'Name'): FieldProblem[] {
  if (typeof path !== 'string' || path.includes('{{')) return [];
  const problem = pathProblem(path);
  return problem === undefined ? [] : [{ field, message: `${title} ${problem}` }];
}

/** Finds what stands at a path in values: of objects their own members, of arrays their elements. */
export function fieldReader(path: string): (value: JsonValue | undefined) => JsonValue | undefined {
  const steps = path.split('.');
  return (value) => {
    let found = value;
    for (const step of steps) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
      // Of arrays, `length` is its own, too.
      if (Array.isArray(found) && !isIndex(step)) return undefined;
      found = (found as JsonMembers)[step];
    }
    return found;
  };
}

/** What stands at a path in one value. */
export const fieldAt = (value: JsonValue | undefined, path: string): JsonValue | undefined => fieldReader(path)(value);

/**
 * Writes fields into a copy of an object. What lies on the way is copied, once for all fields; it is made where it is
 * missing, and replaced where it can have no such member. The object itself stays as it is.
 */
export class FieldWriter {
  readonly result: JsonMembers;
  private readonly copies = new WeakSet<object>();

  constructor(object: JsonMembers) {
    this.result = { ...object };
  }

  /** @param path one that has no problem. */
  write(path: string, value: JsonValue): void {
    const steps = path.split('.');
    let target = this.result;
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const inner = this.ownCopy(Object.hasOwn(target, step) ? target[step] : undefined, steps[index + 1]!);
      target[step] = inner;
      target = inner;
    }
    target[steps.at(-1)!] = value;
  }

  /** Arrays, too, are written to by the names of their elements. */
  private ownCopy(value: JsonValue | undefined, next: string): JsonMembers {
    // An element that is there, or the one after the last: nothing makes an array of a million holes.
    const fits = Array.isArray(value) ? isIndex(next) && Number(next) <= value.length : isObject(value);
    if (fits && this.copies.has(value as object)) return value as JsonMembers;
    const copy = (fits ? (Array.isArray(value) ? [...value] : { ...(value as JsonMembers) }) : {}) as JsonMembers;
    this.copies.add(copy);
    return copy;
  }
}

const isIndex = (step: string): boolean => /^(0|[1-9]\d{0,8})$/.test(step);
