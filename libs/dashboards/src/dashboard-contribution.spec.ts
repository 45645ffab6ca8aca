import { contributionOf } from './dashboard-contribution';
import type { Panel, Variable } from './dashboard-content';

const panel = (title: string, ...topics: string[]): Panel => ({
  id: 'p',
  title,
  type: 'line',
  position: { x: 0, y: 0, w: 1, h: 1 },
  queries: topics.map((topic) => ({ topic, field: null, aggregate: null, bucket: null })),
  options: {},
});

const variable = (name: string, topics: string | null): Variable => ({
  name,
  label: null,
  values: topics === null ? ['a'] : null,
  topics,
  default: null,
});

const referencesOf = (panels: Panel[], variables: Variable[] = []) =>
  contributionOf({ id: '1', name: 'Line', panels, variables }).references;

describe('what a dashboard refers to', () => {
  it('are the topics of its queries, each by its place', () => {
    expect(referencesOf([panel('Speed', 'mHv1.0/a', 'mHv1.0/b'), panel('', 'mHv1.0/a')])).toEqual([
      { type: 'topic', key: 'mHv1.0/a', kind: 'uses', via: 'panels["Speed"].queries[0].topic' },
      { type: 'topic', key: 'mHv1.0/b', kind: 'uses', via: 'panels["Speed"].queries[1].topic' },
      { type: 'topic', key: 'mHv1.0/a', kind: 'uses', via: 'panels["p"].queries[0].topic' },
    ]);
  });

  it.each([
    ['mHv1.0/+/speed', 'mHv1.0/+/speed'],
    ['mHv1.0/line/#', 'mHv1.0/line/#'],
    ['mHv1.0/${line}/speed', 'mHv1.0/+/speed'],
    ['mHv1.0/line-${number}/${what}', 'mHv1.0/+/+'],
  ])('is whatever %s selects', (topic, key) => {
    expect(referencesOf([panel('Speed', topic)])).toMatchObject([{ key, kind: 'matches' }]);
  });

  it('are what variables choose from', () => {
    expect(referencesOf([], [variable('line', 'mHv1.0/+/speed'), variable('fixed', null)])).toEqual([
      { type: 'topic', key: 'mHv1.0/+/speed', kind: 'matches', via: 'variables["line"].topics' },
    ]);
  });
});
