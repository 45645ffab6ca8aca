/** Names as one path: `Plant/Line ~1 2` are the names `Plant` and `Line / 2`. */
export const pathOfNames = (names: readonly string[]): string =>
  names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

export const namesOfPath = (path: string): string[] =>
  path.split('/').map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Of an entity that lies in nothing. */
export const nameOfPath = (path: string): string => namesOfPath(path)[0]!;
