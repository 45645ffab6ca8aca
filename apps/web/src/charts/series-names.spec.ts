import { seriesNames } from './series-names';

const named = (...topics: [topic: string, field?: string, aggregate?: 'avg' | 'max'][]): string[] =>
  seriesNames(topics.map(([topic, field, aggregate]) => ({ topic, field, aggregate, points: [] })));

describe('names of series', () => {
  it.each([
    [[['m/f/line-1/temperature']], ['temperature']],
    [
      [['m/f/line-1/temperature'], ['m/f/line-1/pressure']],
      ['temperature', 'pressure'],
    ],
    [
      [['m/f/line-1/temperature'], ['m/f/line-2/temperature']],
      ['line-1', 'line-2'],
    ],
    [
      [
        ['m/motor', 'rpm'],
        ['m/motor', 'current'],
      ],
      ['rpm', 'current'],
    ],
    [
      [
        ['m/motor', 'rpm', 'avg'],
        ['m/motor', 'rpm', 'max'],
      ],
      ['rpm avg', 'rpm max'],
    ],
    [
      [
        ['m/a/motor', 'rpm'],
        ['m/b/motor', 'rpm'],
      ],
      ['a rpm', 'b rpm'],
    ],
  ] as [Parameters<typeof named>, string[]][])('tell them apart: %j', (topics, names) => {
    expect(named(...topics)).toEqual(names);
  });
});
