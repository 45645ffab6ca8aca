import type { Portable } from '#platform/dependencies';
import type { ItemKey } from '../format';

/** What an entity is a part of, by the beginning of its name. */
export function wholeOf({ partOf }: Portable, { name }: ItemKey): ItemKey | undefined {
  if (partOf === undefined) return undefined;
  return { type: partOf, name: name.slice(0, Math.max(0, name.lastIndexOf('/'))) };
}
