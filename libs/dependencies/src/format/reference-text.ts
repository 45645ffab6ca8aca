/** What an entity is known by outside of its organization. */
export interface ItemKey {
  type: string;
  name: string;
}

const SCHEME = 'mhub://';

/** A reference as it stands in a file: `mhub://pipeline/Plant/Line%201`. */
export const referenceText = ({ type, name }: ItemKey): string =>
  `${SCHEME}${type}/${name.split('/').map(encodeURIComponent).join('/')}`;

/** What a reference of a file leads to; undefined for texts that are none. */
export function readReference(text: string): ItemKey | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const slash = text.indexOf('/', SCHEME.length);
  if (slash <= SCHEME.length || slash === text.length - 1) return undefined;
  try {
    return { type: text.slice(SCHEME.length, slash), name: decodeURIComponent(text.slice(slash + 1)) };
  } catch {
    return undefined;
  }
}

/** An item in one text. No type has a colon. */
export const itemText = ({ type, name }: ItemKey): string => `${type}:${name}`;

/** By type, then by name, in the order of code units, which is the same everywhere. */
export const byTypeAndName = (a: ItemKey, b: ItemKey): number => compare(a.type, b.type) || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
