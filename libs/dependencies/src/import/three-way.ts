import type { JsonValue } from '#kernel';
import { isSame } from '../format';

type Maybe = JsonValue | undefined;

/** A place in a content that is not the same on both sides: `nodes[start].parameters.topic`. */
export interface Difference {
  field: string;
  /** Missing where there is nothing. */
  from?: JsonValue;
  to?: JsonValue;
}

export interface Merge {
  merged: JsonValue;
  /** Places that both sides have changed, each in its own way: from what is here, to what comes in. */
  conflicts: Difference[];
}

/**
 * What both sides have made of the same base: whatever only one of them has changed is as that one has it. Objects are
 * looked at member by member, lists of things with ids thing by thing, everything else as a whole.
 */
export function mergeThree(base: JsonValue, here: JsonValue, incoming: JsonValue): Merge {
  const conflicts: Difference[] = [];
  const merged = merge(base, here, incoming, '', conflicts);
  return { merged: merged ?? null, conflicts };
}

/** Every place where one differs from the other. */
export function differences(from: JsonValue, to: JsonValue): Difference[] {
  const found: Difference[] = [];
  compare(from, to, '', found);
  return found;
}

function merge(base: Maybe, here: Maybe, incoming: Maybe, field: string, conflicts: Difference[]): Maybe {
  if (isSame(here, incoming) || isSame(base, incoming)) return here;
  if (isSame(base, here)) return incoming;
  const [before, ours, theirs] = [partsOf(base), partsOf(here), partsOf(incoming)];
  if (!before || !ours || !theirs || before.list !== ours.list || before.list !== theirs.list) {
    conflicts.push(difference(field, here, incoming));
    return here;
  }
  // Whoever has put things in another order gets it.
  const [first, second] = isSameOrder(before, ours) ? [theirs, ours] : [ours, theirs];
  const parts = [...namesOf(first, second)].flatMap((name): [string, JsonValue][] => {
    const [old, own, other] = [before.parts.get(name), ours.parts.get(name), theirs.parts.get(name)];
    const part = merge(old, own, other, placeOf(field, name, ours.list), conflicts);
    return part === undefined ? [] : [[name, part]];
  });
  return ours.list ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function compare(from: Maybe, to: Maybe, field: string, found: Difference[]): void {
  if (isSame(from, to)) return;
  const [before, after] = [partsOf(from), partsOf(to)];
  const known = found.length;
  if (before && after && before.list === after.list) {
    for (const name of namesOf(before, after)) {
      compare(before.parts.get(name), after.parts.get(name), placeOf(field, name, before.list), found);
    }
  }
  // Of another kind, or the same things in another order.
  if (found.length === known) found.push(difference(field, from, to));
}

/** What a value is made of: members by their names, or things of a list by their ids. */
interface Parts {
  list: boolean;
  parts: ReadonlyMap<string, JsonValue>;
}

function partsOf(value: Maybe): Parts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return { list: false, parts: new Map(Object.entries(value)) };
  const parts = new Map(value.flatMap((thing) => (idOf(thing) === undefined ? [] : [[idOf(thing)!, thing]])));
  return parts.size === value.length ? { list: true, parts } : undefined;
}

/** Of a thing in a list. */
export function idOf(thing: JsonValue): string | undefined {
  if (typeof thing !== 'object' || thing === null || Array.isArray(thing)) return undefined;
  return typeof thing['id'] === 'string' ? thing['id'] : undefined;
}

const namesOf = (one: Parts, other: Parts): Set<string> => new Set([...one.parts.keys(), ...other.parts.keys()]);

/** Whether those that both have follow one another in the same way. */
function isSameOrder(one: Parts, other: Parts): boolean {
  const common = (a: Parts, b: Parts) => [...a.parts.keys()].filter((name) => b.parts.has(name));
  return isSame(common(one, other), common(other, one));
}

function placeOf(field: string, name: string, list: boolean): string {
  if (list || !/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${field}[${name}]`;
  return field === '' ? name : `${field}.${name}`;
}

const difference = (field: string, from: Maybe, to: Maybe): Difference => ({
  field,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});
