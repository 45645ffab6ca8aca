/** How open a level is; the end of a filter is as fixed as a name. */
const RANKS: Readonly<Record<string, string>> = { '+': '1', '#': '2' };

const rankOf = (filter: string): string =>
  filter
    .split('/')
    .map((level) => RANKS[level] ?? '0')
    .join('');

/**
 * Orders filters that select the same topic, the most specific first: level by level from the root, a name comes before
 * `+`, and `+` before `#`; the first difference decides. So `mHv1.0/a/+` comes before `mHv1.0/+/b`, `mHv1.0/a/+/c` before
 * `mHv1.0/a/#`, and `mHv1.0/a` before `mHv1.0/a/#`.
 */
export function compareFilters(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The one in force: of the most specific filter, and of several of these the first by name. */
export function mostSpecific<B extends { filter: string; name: string }>(bindings: readonly B[]): B | undefined {
  return bindings.reduce<B | undefined>((best, other) => (best && !precedes(other, best) ? best : other), undefined);
}

const precedes = (a: { filter: string; name: string }, b: { filter: string; name: string }): boolean => {
  const order = compareFilters(a.filter, b.filter);
  return order < 0 || (order === 0 && a.name < b.name);
};
