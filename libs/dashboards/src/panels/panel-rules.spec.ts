import { SchemaValidator } from '#platform/json-schema';
import { PANEL_TYPES, type Panel } from '../dashboard-content';
import { panelProblems } from './panel-rules';
import { PANEL_TYPE_DEFINITIONS } from './panel-types';

const QUERY = { topic: 'mHv1.0/line-1/temperature', field: null, aggregate: null, bucket: null };

const panel = (change: Partial<Panel> = {}): Panel => ({
  id: 'a',
  title: 'Temperature',
  type: 'line',
  position: { x: 0, y: 0, w: 12, h: 8 },
  queries: [QUERY],
  options: {},
  ...change,
});

const found = (panels: Panel[], ...variables: string[]) =>
  panelProblems(panels, new Set(variables)).map(({ field, message }) => `${field}: ${message}`);

describe('panel types', () => {
  it.each(PANEL_TYPES)('%s has an example that fits its schema', (type) => {
    const { options, example, ...definition } = PANEL_TYPE_DEFINITIONS[type];
    expect(definition.type).toBe(type);
    expect(new SchemaValidator(options).problems(example)).toEqual([]);
  });
});

describe('panels', () => {
  it('are sound', () => {
    const topics = ['mHv1.0/${line}/a', 'mHv1.0/+/a', 'mHv1.0/#', 'mHv1.0/a-${line}-b/${line}'];
    const queries = topics.map((topic) => ({ ...QUERY, topic }));
    const buckets = [
      { ...QUERY, aggregate: 'max' as const, bucket: '1m' },
      { ...QUERY, aggregate: 'avg' as const },
    ];
    expect(found([panel({ queries }), panel({ id: 'b', queries: buckets })], 'line')).toEqual([]);
    expect(found([panel({ type: 'text', queries: [], options: { text: '# Hello' } })])).toEqual([]);
  });

  it.each<[Partial<Panel>, string]>([
    [{ position: { x: 13, y: 0, w: 12, h: 8 } }, 'panels[0].position.w: A panel must end within the 24 columns'],
    [{ options: { colour: 'red' } }, 'panels[0].options.colour: Option colour is not known to panels of type line'],
    [{ options: { columns: [] } }, 'panels[0].options.columns: Option columns is not known to panels of type line'],
    [{ options: { decimals: -1 } }, 'panels[0].options.decimals: decimals must be >= 0'],
    [{ options: { min: 5, max: 5 } }, 'panels[0].options.min: min must be less than max'],
    [
      { options: { thresholds: [{ value: 1, color: 'url(x)' }] } },
      expect.stringMatching(/^panels\[0\]\.options\.thresholds\[0\]\.color: /) as never,
    ],
    [{ type: 'text' }, 'panels[0].queries: Panels of type text have no queries'],
    [
      { type: 'text', queries: [], options: { text: 'x'.repeat(20_001) } },
      expect.stringMatching(/^panels\[0\]\.options\.text: text must NOT have more than 20000/) as never,
    ],
    [{ queries: [{ ...QUERY, topic: 'a/b' }] }, 'panels[0].queries[0].topic: Topic must start with mHv1.0/'],
    [{ queries: [{ ...QUERY, topic: '+/b' }] }, 'panels[0].queries[0].topic: Topic must start with mHv1.0/'],
    [
      { queries: [{ ...QUERY, topic: 'mHv1.0//+' }] },
      'panels[0].queries[0].topic: Topic must not contain empty levels',
    ],
    [
      { queries: [{ ...QUERY, topic: 'mHv1.0/a+' }] },
      'panels[0].queries[0].topic: Topic filter may use + for a whole level and # for the last one alone',
    ],
    [{ queries: [{ ...QUERY, topic: 'mHv1.0/${site}' }] }, 'panels[0].queries[0].topic: Variable site is not defined'],
    [
      { queries: [{ ...QUERY, bucket: '1m' }] },
      'panels[0].queries[0].aggregate: Aggregate is required where a bucket is given',
    ],
    [
      { queries: [{ ...QUERY, aggregate: 'avg', bucket: '1001d' }] },
      'panels[0].queries[0].bucket: Bucket must be at most 1000d',
    ],
  ])('are refused: %j', (change, problem) => {
    expect(found([panel(change)])).toEqual([problem]);
  });

  it('have ids of their own', () => {
    expect(found([panel(), panel()])).toEqual(['panels[1].id: Id a is given to two panels']);
  });
});
