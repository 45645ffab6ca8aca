/** Names as one path: `Plant/Line ~1 2` are the names `Plant` and `Line / 2`. */
export const pathOfNames = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

export const namesOfPath = (path: string): string[] =>
  path.split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Of an entity that lies in nothing. */
export const nameOfPath = (path: string): string => namesOfPath(path)[0]!;

/** What is wrong with a path: one that is written in another way would be another name for the same entity. */
export function pathProblem(path: string): string | undefined {
  const written = pathOfNames(namesOfPath(path));
  return written === path ? undefined : `Name must be written ${written}: ~ that belongs to it is ~0`;
}
