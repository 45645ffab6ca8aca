import { createHash } from 'node:crypto';
import type { JsonValue } from '#kernel';

/** The same for values that are equal, in whichever order the keys of their objects stand. */
export const valueHash = (value: JsonValue): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(ordered(value)))
    .digest();

function ordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  // As pairs: an object would put keys that look like numbers first, and treat some names apart.
  return ['{}', ...names.map((name) => [name, ordered(value[name]!)])];
}
