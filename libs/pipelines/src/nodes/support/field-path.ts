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

/** What stands at a path in a value: of objects their own members, of arrays their elements. */
export function fieldAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found = value;
  for (const step of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    // Of arrays, `length` is its own, too.
    if (Array.isArray(found) && !isIndex(step)) return undefined;
    found = (found as JsonMembers)[step];
  }
  return found;
}

/**
 * A copy of an object with a value at the path; what lies on the way is copied, made where it is missing, and replaced
 * where it can have no members. The object itself stays as it is.
 */
export function withField(object: JsonMembers, path: string, value: JsonValue): JsonMembers {
  return write(object, path.split('.'), value) as JsonMembers;
}

function write(target: JsonValue | undefined, [step, ...rest]: string[], value: JsonValue): JsonValue {
  if (step === undefined) return value;
  // An element that is there, or the next one: nothing makes an array of a million holes.
  if (Array.isArray(target) && isIndex(step) && Number(step) <= target.length) {
    const copy = [...target];
    copy[Number(step)] = write(target[Number(step)], rest, value);
    return copy;
  }
  const members = isObject(target) ? target : {};
  const before = Object.hasOwn(members, step) ? members[step] : undefined;
  return { ...members, [step]: write(before, rest, value) };
}

const isIndex = (step: string): boolean => /^(0|[1-9]\d{0,8})$/.test(step);
