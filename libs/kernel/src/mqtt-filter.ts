/** MQTT topic filters (MQTT 5, section 4.7): `+` stands for one level, a last `#` for any number of them. */

/** What is wrong with a filter, in words for the caller, or undefined when it is one. */
export function filterProblem(filter: string): string | undefined {
  if (filter === '') return 'Topic filter must not be empty';
  if (filter.length > 65_535) return 'Topic filter is too long';
  if (filter.includes('\0')) return 'Topic filter must not contain NUL';
  const levels = filter.split('/');
  const misplaced = levels.find(
    (level, index) =>
      (level.includes('#') && (level !== '#' || index !== levels.length - 1)) || (level.includes('+') && level !== '+'),
  );
  return misplaced === undefined ? undefined : 'Topic filter may use + for a whole level and # for the last one alone';
}

/** Whether a filter selects a topic. Filters that begin with a wildcard do not select `$` topics. */
export const filterMatches = (filter: string, topic: string): boolean => filterCovers(filter, topic);

/** Whether every topic that `inner` selects is also selected by `outer`: what a subscription needs of a right. */
export function filterCovers(outer: string, inner: string): boolean {
  if (inner.startsWith('$') && !outer.startsWith('$')) return false;
  const outerLevels = outer.split('/');
  const innerLevels = inner.split('/');
  for (const [index, level] of outerLevels.entries()) {
    if (level === '#') return true;
    const other = innerLevels[index];
    if (other === undefined) return false;
    if (other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return outerLevels.length === innerLevels.length;
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A regular expression, in the dialect that JavaScript and PostgreSQL share, for the topics a filter selects (`$` ones aside). */
export function filterPattern(filter: string): string {
  const levels = filter.split('/');
  const open = levels.at(-1) === '#';
  const fixed = (open ? levels.slice(0, -1) : levels).map((level) => (level === '+' ? '[^/]*' : literal(level)));
  if (!open) return `^${fixed.join('/')}$`;
  return fixed.length === 0 ? '^' : `^${fixed.join('/')}(/|$)`;
}
