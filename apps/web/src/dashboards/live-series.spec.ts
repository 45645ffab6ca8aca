import type { Aggregate, PanelData, Series, UnsRecord } from '../api/types';
import { appended } from './live-series';
import { fieldOf, fillIn, matches, numberFields } from './topic-filter';

const record = (topic: string, time: number, value: unknown): UnsRecord => ({
  topic,
  value,
  source: null,
  timestamp: new Date(time).toISOString(),
  receivedAt: new Date(time).toISOString(),
  quality: 'good',
});
const panel = (...series: Series[]): PanelData => ({ id: 'p', series });

describe('live values', () => {
  it('are appended in order of time, each once, and old ones leave', () => {
    const data = panel({
      topic: 'a/b',
      points: [
        [1_000, 1],
        [3_000, 3],
      ],
    });
    const records = [record('a/b', 2_000, 2), record('a/b', 4_000, 4), record('a/b', 4_000, 4)];
    expect(appended(data, [{ topic: 'a/b' }], records, 1_500).series[0]!.points).toEqual([
      [2_000, 2],
      [3_000, 3],
      [4_000, 4],
    ]);
  });

  it('leave other panels as they are', () => {
    const data = panel({ topic: 'a/b', points: [] });
    expect(appended(data, [{ topic: 'a/b' }], [record('a/c', 1, 1)], 0)).toBe(data);
  });

  it.each<[Aggregate, unknown]>([
    ['avg', 20],
    ['min', 10],
    ['max', 40],
    ['sum', 30],
    ['count', 3],
    ['first', 10],
    ['last', 40],
  ])('go on in buckets: %s', (aggregate, expected) => {
    const start: Record<string, unknown> = { avg: 10, min: 10, max: 10, sum: -10, count: 2, first: 10, last: 10 };
    const series: Series = { topic: 'a', aggregate, bucket: '10s', points: [[0, start[aggregate], 2]] };
    const { points } = appended(panel(series), [{ topic: 'a', aggregate }], [record('a', 9_999, 40)], 0).series[0]!;
    expect(points).toEqual([[0, expected, 3]]);
  });

  it('begin new buckets', () => {
    const series: Series = { topic: 'a', field: 't', aggregate: 'avg', bucket: '10s', points: [[0, 10, 2]] };
    const query = { topic: 'a', field: 't', aggregate: 'avg' as const };
    const records = [record('a', 12_000, { t: 4 }), record('a', 13_000, { other: 1 })];
    expect(appended(panel(series), [query], records, 0).series[0]!.points).toEqual([
      [0, 10, 2],
      [10_000, 4, 1],
    ]);
  });

  it('make series of topics that a filter finds later', () => {
    const data = panel({ topic: 'a/1', points: [] });
    const { series } = appended(data, [{ topic: 'a/+' }], [record('a/2', 5, 1), record('a/2', 6, 2)], 0);
    expect(series.map(({ topic, points }) => [topic, points.length])).toEqual([
      ['a/1', 0],
      ['a/2', 2],
    ]);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 2_500 }, (_, index) => record('a', index, index));
    expect(appended(panel({ topic: 'a', points: [] }), [{ topic: 'a' }], many, 0).series[0]!.points).toHaveLength(
      2_000,
    );
  });
});

describe('topics', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/+', 'a/b', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/+', 'a/b/c', false],
    ['a/b/c', 'a/b', false],
  ])('%s finds %s: %s', (filter, topic, found) => {
    expect(matches(filter, topic)).toBe(found);
  });

  it('take variables', () => {
    expect(fillIn('a/${line}/${other}', new Map([['line', 'line-1']]))).toBe('a/line-1/+');
  });

  it('have fields', () => {
    const value = { a: { b: 1 }, 'x.y': 2, text: 'no' };
    expect([fieldOf(value, 'a.b'), fieldOf(value, 'x.y'), fieldOf(value, 'toString'), fieldOf(3, '')]).toEqual([
      1,
      2,
      undefined,
      3,
    ]);
    expect(numberFields(value)).toEqual(['a.b', 'x.y']);
  });
});
