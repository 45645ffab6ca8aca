import fc from 'fast-check';
import { filterMatches } from './mqtt-filter';
import { topicLineage, topicProblem } from './topic-path';

const levels = (count: number, level = 'a'): string => ['mHv1.0', ...Array<string>(count - 1).fill(level)].join('/');

describe('topicProblem', () => {
  it.each([
    'mHv1.0/a',
    'mHv1.0/a b/ü/😀/$x/50%',
    levels(32),
    `mHv1.0/${'x'.repeat(100)}`,
    levels(9, '工'.repeat(100)),
    `${levels(11, 'x'.repeat(91))}/${'y'.repeat(97)}`,
  ])('accepts case %#', (path) => {
    expect(topicProblem(path)).toBeUndefined();
  });

  it.each([
    ['', 'Topic must start with mHv1.0/'],
    ['mHv1.0', 'Topic must name at least one level after mHv1.0/'],
    ['mhv1.0/a', 'Topic must start with mHv1.0/'],
    ['mHv1.00/a', 'Topic must start with mHv1.0/'],
    ['/mHv1.0/a', 'Topic must start with mHv1.0/'],
    ['mHv1.0/', 'Topic must not contain empty levels'],
    ['mHv1.0/a//b', 'Topic must not contain empty levels'],
    ['mHv1.0/a/', 'Topic must not contain empty levels'],
    ['mHv1.0/a+', 'Topic must not contain +, # or NUL'],
    ['mHv1.0/#', 'Topic must not contain +, # or NUL'],
    ['mHv1.0/\0', 'Topic must not contain +, # or NUL'],
    ['mHv1.0/\ud800', 'Topic must be valid Unicode'],
    [levels(33), 'Topic must have at most 32 levels'],
    [`mHv1.0/${'x'.repeat(101)}`, 'Topic levels must be at most 100 characters long'],
    [levels(12, 'x'.repeat(92)), 'Topic must be at most 1024 characters long'],
    [levels(10, '工'.repeat(100)), 'Topic must be at most 2600 bytes long'],
  ])('refuses case %#', (path, problem) => {
    expect(topicProblem(path)).toBe(problem);
  });
});

describe('topicLineage', () => {
  it('names the ancestors and the topic itself, shortest first', () => {
    expect(topicLineage('mHv1.0/a/b/c')).toEqual(['mHv1.0/a', 'mHv1.0/a/b', 'mHv1.0/a/b/c']);
  });

  it('holds valid topics alone, each the parent of the next', () => {
    const path = fc
      .array(
        fc.stringMatching(/^[^/+#\0]{1,8}$/).filter((level) => level.isWellFormed()),
        { minLength: 1, maxLength: 31 },
      )
      .map((names) => ['mHv1.0', ...names].join('/'));
    fc.assert(
      fc.property(path, (topic) => {
        const lineage = topicLineage(topic);
        expect(lineage.map(topicProblem).filter(Boolean)).toEqual([]);
        expect(lineage.at(-1)).toBe(topic);
        for (const [index, parent] of lineage.slice(0, -1).entries()) {
          expect(filterMatches(`${parent}/+`, lineage[index + 1]!)).toBe(true);
        }
      }),
    );
  });
});
