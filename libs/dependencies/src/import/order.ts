/** Something that comes after others. */
export interface Ordered {
  key: string;
  /** Keys of those it needs; others than those to be ordered are left aside. */
  needs: Iterable<string>;
}

/**
 * Each after those that it needs, and otherwise as they come; or those that need one another in a circle, each before
 * the one that it needs, the first again at the end.
 */
export function inOrder<T extends Ordered>(items: readonly T[]): { ordered: T[]; circle?: string[] } {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const done = new Set<string>();
  const ordered: T[] = [];
  for (const item of items) {
    const circle = visit(item, byKey, done, ordered);
    if (circle) return { ordered, circle };
  }
  return { ordered };
}

/** In words. */
export const circleOf = (circle: readonly string[]): string =>
  `They need one another, so none can be made first: ${circle.join(' → ')}`;

/** Without recursion: a chain may be as long as a file. */
function visit<T extends Ordered>(
  first: T,
  byKey: ReadonlyMap<string, T>,
  done: Set<string>,
  ordered: T[],
): string[] | undefined {
  if (done.has(first.key)) return undefined;
  const way = [{ item: first, needs: first.needs[Symbol.iterator]() }];
  const onTheWay = new Set([first.key]);
  for (let place = way.at(-1); place; place = way.at(-1)) {
    const { item, needs } = place;
    const next = needs.next();
    if (next.done) {
      way.pop();
      onTheWay.delete(item.key);
      done.add(item.key);
      ordered.push(item);
      continue;
    }
    const needed = byKey.get(next.value);
    if (!needed || done.has(needed.key)) continue;
    if (onTheWay.has(needed.key)) {
      const keys = way.map(({ item: { key } }) => key);
      return [...keys.slice(keys.indexOf(needed.key)), needed.key];
    }
    way.push({ item: needed, needs: needed.needs[Symbol.iterator]() });
    onTheWay.add(needed.key);
  }
  return undefined;
}
