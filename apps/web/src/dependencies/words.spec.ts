import { chainOf, namesOf, search, titleOf, weightWords } from './words';

describe('how much something is used', () => {
  const now = Date.parse('2026-01-02T12:00:00Z');

  it('is said of what is known', () => {
    expect(weightWords({ runsLastHour: 1, lastSeen: '2026-01-02T11:57:00Z' }, now)).toEqual([
      '1 run in the last hour',
      'last seen 3 min ago',
    ]);
    expect(weightWords({ messagesLastHour: 0, openNow: 2, lastSeen: null }, now)).toEqual([
      '0 messages in the last hour',
      'looked at by 2 now',
      'not seen yet',
    ]);
  });

  it('is not said where nobody knows', () => {
    expect(weightWords(undefined, now)).toEqual([]);
    expect(weightWords({}, now)).toEqual([]);
  });
});

it('a chain has names, paths, and types where no name is known', () => {
  const names = namesOf([{ key: 'pipeline:1', type: 'pipeline', id: '1', name: 'Oven' }]);
  expect(chainOf(['pipeline:1', 'topic:mHv1.0/a', 'function:9'], names)).toBe('Oven → mHv1.0/a → a function');
});

it.each([
  ['pipeline:1', 'Oven'],
  ['topic:mHv1.0/a', 'mHv1.0/a'],
  ['function:9', 'Function'],
])('a page about %s is called %s', (key, title) => {
  expect(titleOf(key, namesOf([{ key: 'pipeline:1', type: 'pipeline', id: '1', name: 'Oven' }]))).toBe(title);
});

it.each([
  ['oven', ['Oven']],
  ['PIPE', ['Oven', 'Press']],
  ['pipe pre', ['Press']],
  ['toString', []],
])('search for %j', (asked, found) => {
  const nodes = [
    { type: 'pipeline', name: 'Oven' },
    { type: 'pipeline', name: 'Press' },
    { type: 'model', name: 'Motor' },
  ];
  expect(search(nodes, asked).map(({ name }) => name)).toEqual(found);
});
