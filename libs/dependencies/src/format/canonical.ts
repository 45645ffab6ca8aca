import { createHash } from 'node:crypto';
import type { JsonValue } from '#kernel';
import stringify from 'safe-stable-stringify';

/** The one text of a JSON value, whatever the order of its members. */
export const canonical = (value: JsonValue): string => stringify(value);

/** `sha256:…` of a content in its canonical form, with references by names. */
export const hashOf = (content: JsonValue): string =>
  `sha256:${createHash('sha256').update(canonical(content)).digest('hex')}`;

/** Whether both have the same canonical form. */
export function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (!isContainer(one) || !isContainer(other)) return false;
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other);
  return (
    Object.keys(one).every((name) => isSame(one[name], memberOf(other, name))) &&
    Object.keys(other).every((name) => other[name] === undefined || memberOf(one, name) !== undefined)
  );
}

const isSameList = (one: Container, other: Container): boolean =>
  Array.isArray(one) &&
  Array.isArray(other) &&
  one.length === other.length &&
  one.every((value, index) => isSame(value, other[index]));

/** Where a member is undefined there is none. */
const memberOf = (object: { [name: string]: JsonValue }, name: string): JsonValue | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

type Container = Exclude<JsonValue, string | number | boolean | null>;

const isContainer = (value: JsonValue | undefined): value is Container => typeof value === 'object' && value !== null;
