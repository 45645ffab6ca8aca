import type { JsonValue } from '#kernel';
import { namesOfPath, type PortableContent } from '#platform/dependencies';
import { idOf } from './three-way';

type Container = JsonValue[] | { [name: string]: JsonValue };

/*
 * Places in contents as JSON Pointers (RFC 6901): `/config/password`. In lists of things with ids, a thing goes by its id, so
 * that it is found wherever others have moved it to: `/nodes/hook/parameters/auth`.
 */

/** What stands there; undefined for nothing. */
export function valueAt(content: PortableContent, pointer: string): JsonValue | undefined {
  return stepsOf(pointer).reduce<JsonValue | undefined>(
    (value, step) => (isContainer(value) ? memberOf(value, step) : undefined),
    content,
  );
}

/** A copy with other values at those places, or without them where the value is undefined. Places that do not exist yet are made in objects that do. */
export function withValues(
  content: PortableContent,
  values: ReadonlyMap<string, JsonValue | undefined>,
): PortableContent {
  if (values.size === 0) return content;
  const copy = structuredClone(content);
  for (const [pointer, value] of values) put(copy, stepsOf(pointer), value);
  return copy;
}

function put(content: PortableContent, steps: readonly string[], value: JsonValue | undefined): void {
  const last = steps.at(-1);
  const parent = steps
    .slice(0, -1)
    .reduce<JsonValue | undefined>(
      (within, step) => (isContainer(within) ? memberOf(within, step) : undefined),
      content,
    );
  if (last === undefined || !isContainer(parent)) return;
  if (Array.isArray(parent)) {
    const index = indexIn(parent, last);
    if (index !== undefined) parent.splice(index, 1, ...(value === undefined ? [] : [value]));
  } else if (value === undefined) Reflect.deleteProperty(parent, last);
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
}

const stepsOf = (pointer: string): string[] => (pointer === '' ? [] : namesOfPath(pointer.slice(1)));

const isContainer = (value: JsonValue | undefined): value is Container => typeof value === 'object' && value !== null;

function memberOf(container: Container, step: string): JsonValue | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, step) ? container[step] : undefined;
  const index = indexIn(container, step);
  return index === undefined ? undefined : container[index];
}

/** Of what is there. */
function indexIn(list: readonly JsonValue[], step: string): number | undefined {
  if (list.every((thing) => idOf(thing) !== undefined)) {
    const index = list.findIndex((thing) => idOf(thing) === step);
    return index < 0 ? undefined : index;
  }
  return /^(?:0|[1-9]\d{0,9})$/.test(step) && Number(step) < list.length ? Number(step) : undefined;
}
