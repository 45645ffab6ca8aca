import fc from 'fast-check';
import { filterCovers, filterMatches, filterPattern, filterProblem } from './mqtt-filter';

/** MQTT 5, section 4.7, as it reads. */
function selects(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  return selectsLevels(filter.split('/'), topic.split('/'));
}

function selectsLevels([level, ...filter]: string[], topic: string[]): boolean {
  if (level === undefined) return topic.length === 0;
  if (level === '#') return true;
  if (topic.length === 0 || (level !== '+' && level !== topic[0])) return false;
  return selectsLevels(filter, topic.slice(1));
}

const joined = (levels: string[]): string => levels.join('/');

// Few names, so that filters and topics meet; among them all that means something in a regular expression.
const level = fc.constantFrom(
  'a',
  'b',
  'ab',
  '',
  'a.b',
  'a*',
  '(a|b)',
  '[a]',
  'a{1}',
  '^a',
  'a$',
  '\\d',
  'a\nb',
  'ä😀',
  '?',
);
const topicOf = fc.array(level, { minLength: 1, maxLength: 5 }).map(joined);
const filterOf = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => joined(open || levels.length === 0 ? [...levels, '#'] : levels));

describe('filterProblem', () => {
  it.each(['#', '+', '+/+', 'a/#', '/', 'a//b', '$SYS/#', 'mHv1.0/+/line-1/#'])('accepts %s', (filter) => {
    expect(filterProblem(filter)).toBeUndefined();
  });

  it.each([
    ['', 'Topic filter must not be empty'],
    ['a\0', 'Topic filter must not contain NUL'],
    ['a'.repeat(65_536), 'Topic filter is too long'],
    ...['a/#/b', 'a#', 'a/b#', '#/', '##', 'a+', '+a/b', 'a/++'].map((filter) => [
      filter,
      'Topic filter may use + for a whole level and # for the last one alone',
    ]),
  ])('refuses case %#', (filter, problem) => {
    expect(filterProblem(filter)).toBe(problem);
  });
});

describe('filterMatches', () => {
  it.each([
    ['a/#', 'a', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['+', '/a', false],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['a', 'A', false],
  ])('%s and %s: %s', (filter, topic, expected) => {
    expect(filterMatches(filter, topic)).toBe(expected);
  });

  it('does what the standard says', () => {
    const system = fc.constantFrom('', '$SYS/');
    fc.assert(
      fc.property(system, filterOf, system, topicOf, (scope, filter, place, topic) => {
        expect(filterMatches(scope + filter, place + topic)).toBe(selects(scope + filter, place + topic));
      }),
    );
  });
});

describe('filterPattern', () => {
  it('selects what the filter selects', () => {
    fc.assert(
      fc.property(filterOf, topicOf, (filter, topic) => {
        expect(new RegExp(filterPattern(filter)).test(topic)).toBe(selects(filter, topic));
      }),
    );
  });
});

describe('filterCovers', () => {
  const upTo = (length: number, names: string[]): string[][] =>
    length === 0 ? [[]] : [[], ...upTo(length - 1, names).flatMap((rest) => names.map((name) => [name, ...rest]))];
  const shortOf = (names: string[], length: number): string[] =>
    [...new Set(upTo(length, names).map(joined))].filter((path) => path !== '');

  // `c` stands for every level that no filter names, and one level more than any filter has for all longer topics.
  const topics = [...shortOf(['a', 'b', 'c'], 4), '$a', '$a/a', '$a/b', '$a/c', '$a/a/c', '$c'];
  const filters = [...shortOf(['a', 'b', '+'], 3), '$a', '$a/a', '$a/+'].flatMap((path) => [path, `${path}/#`]);
  const selected = new Map(
    ['#', ...filters].map((filter) => [filter, new Set(topics.filter((topic) => selects(filter, topic)))]),
  );

  it('holds exactly when every selected topic is selected by the other filter too', () => {
    const wrong: string[] = [];
    for (const [outer, wide] of selected) {
      for (const [inner, narrow] of selected) {
        // Two spellings of "all topics": the right to the longer one is not read as the right to the shorter.
        if (outer === '+/#' && inner === '#') continue;
        if (filterCovers(outer, inner) !== narrow.isSubsetOf(wide)) wrong.push(`${outer} over ${inner}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
