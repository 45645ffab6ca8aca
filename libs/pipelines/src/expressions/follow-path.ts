import type { JsonValue } from '#kernel';
import { ScriptError } from '#platform/sandbox';
import type { Path } from './expression';

/** The path leads to something that only JavaScript knows, such as a method. */
export const NOT_PLAIN = Symbol('not plain');

type Value = JsonValue | undefined;

/**
 * What JavaScript gives for the path, without an interpreter.
 * @throws ScriptError the same as JavaScript, for a step into null or undefined.
 */
export function followPath(path: Path, start: Value): Value | typeof NOT_PLAIN {
  let value = start;
  for (const { key, optional } of path.steps) {
    if (value === null || value === undefined) {
      // An optional step that finds nothing ends the whole chain.
      if (optional) return undefined;
      throw new ScriptError('thrown', `TypeError: cannot read property '${key}' of ${value}`);
    }
    const next = step(value, key);
    if (next === NOT_PLAIN) return NOT_PLAIN;
    value = next;
  }
  return value;
}

function step(value: NonNullable<Value>, key: string | number): Value | typeof NOT_PLAIN {
  const object = Object(value) as Record<string | number, Value>;
  // Of a text: its length and its characters; its methods are no data.
  if (Object.hasOwn(object, key)) return object[key];
  return key in object ? NOT_PLAIN : undefined;
}
