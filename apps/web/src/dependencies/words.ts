import type { GraphEntity, GraphNode, ReferenceKind, Weight } from '../api/graph-types';
import { ago } from '../dashboards/format';
import { entityType } from './entity-types';

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** How much something is used; nothing where nobody knows. */
export function weightWords(weight: Weight | undefined, now = Date.now()): string[] {
  if (!weight) return [];
  const { runsLastHour, messagesLastHour, openNow, lastSeen } = weight;
  return [
    ...(runsLastHour === undefined ? [] : [`${count(runsLastHour, 'run')} in the last hour`]),
    ...(messagesLastHour === undefined ? [] : [`${count(messagesLastHour, 'message')} in the last hour`]),
    ...(openNow ? [`looked at by ${openNow.toLocaleString()} now`] : []),
    ...(lastSeen === undefined ? [] : [lastSeen === null ? 'not seen yet' : `last seen ${ago(lastSeen, now)}`]),
  ];
}

const DEPENDENT: Record<ReferenceKind, string> = {
  uses: 'uses it',
  part: 'is a part of it',
  matches: 'selects it by a filter',
};
const DEPENDENCY: Record<ReferenceKind, string> = {
  uses: 'used',
  part: 'it is a part of this',
  matches: 'selected by a filter',
};

export const kindWords = (kind: ReferenceKind, direction: 'dependents' | 'dependencies'): string =>
  (direction === 'dependents' ? DEPENDENT : DEPENDENCY)[kind];

/** Names by keys, of all that are known. */
export const namesOf = (...known: readonly (readonly GraphEntity[])[]): ReadonlyMap<string, string> =>
  new Map(known.flat().map(({ key, name }) => [key, name]));

/** What a key stands for where only the key is known: a path says it itself, an id says nothing. */
export function nameOf(key: string, names: ReadonlyMap<string, string>): string {
  const at = key.indexOf(':');
  const type = key.slice(0, at);
  return names.get(key) ?? (type === 'topic' ? key.slice(at + 1) : `a ${entityType(type).name.toLowerCase()}`);
}

/** The same for the head of a page; an entity that is not there has no name. */
export function titleOf(key: string, names: ReadonlyMap<string, string>): string {
  const type = key.slice(0, key.indexOf(':'));
  return names.has(key) || type === 'topic' ? nameOf(key, names) : entityType(type).name;
}

/** The way from one end of a path to the other, from the one that depends. */
export const chainOf = (path: readonly string[], names: ReadonlyMap<string, string>): string =>
  path.map((key) => nameOf(key, names)).join(' → ');

/** Those in whose name, type or path all words occur. */
export function search<T extends Pick<GraphNode, 'type' | 'name'>>(nodes: readonly T[], asked: string): T[] {
  const words = asked.toLowerCase().split(/\s+/);
  return nodes.filter(({ type, name }) => {
    const text = `${entityType(type).name} ${name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
