/** A topic that is to go, with how many topics lie directly below it. */
export interface Leaving {
  id: string;
  path: string;
  parentPath: string | null;
  children: number;
}

/**
 * Those of them that can be removed, each ahead of what it lies in: nobody needs them, and nothing below them stays.
 * @param needed ids of those that stay whatever lies below them.
 */
export function removable<T extends Leaving>(topics: readonly T[], needed: ReadonlySet<string>): T[] {
  const left = new Map(topics.map(({ path, children }) => [path, children]));
  // What lies below another comes after it in the order of paths.
  const deepestFirst = [...topics].sort((a, b) => (a.path < b.path ? 1 : -1));
  return deepestFirst.filter(({ id, path, parentPath }) => {
    if (needed.has(id) || left.get(path)! > 0) return false;
    if (parentPath !== null && left.has(parentPath)) left.set(parentPath, left.get(parentPath)! - 1);
    return true;
  });
}
