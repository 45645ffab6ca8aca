import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { checkBinding } from './binding-content';
import { mapModel } from './schema-content';
import { checkTopic, mapTopicReferences } from './topic-content';

const MODEL_SCHEMA = { type: 'object', properties: { rpm: { type: 'number' } } };
const RULES = { mode: 'strict', modelId: 'mhub://model/Motor', modelSchema: MODEL_SCHEMA };
const FULL_RULES = { ...RULES, schema: null, unit: null, min: null, max: null };
const NO_CONFIG = {
  retentionDays: null,
  historyEnabled: true,
  onChange: false,
  deadband: null,
  maxIntervalSeconds: null,
};

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;

/** Values where fields are known, so that more than the first rule is met. */
const known = fc.record(
  Object.fromEntries(
    [
      'description',
      'tags',
      'config',
      'schema',
      'mode',
      'filter',
      'modelId',
      'modelSchema',
      'min',
      '__proto__',
      'constructor',
    ].map((field) => [field, json]),
  ),
  { requiredKeys: [] },
) as fc.Arbitrary<PortableContent>;
const anything = fc.oneof(
  json.map((member): PortableContent => ({
    schema: { ...RULES, constructor: member, schema: { constructor: member } },
  })),
  known,
  fc.dictionary(fc.string(), json) as fc.Arbitrary<PortableContent>,
  known.map((schema): PortableContent => ({ schema: { ...RULES, ...schema }, config: schema })),
);

const messagesOf = (problems: readonly { field: string; message: string }[]) =>
  problems.map(({ field, message }) => `${field}: ${message}`);

describe.each([
  ['a topic', checkTopic, 'mHv1.0/a'],
  ['a schema binding', checkBinding, 'Speeds'],
])('the content of %s', (_, check, name) => {
  it('is judged whatever it is, and is then what it stays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(name), fc.string()), anything, (path, content) => {
        const once = check(path, content);
        const again = check(path, once.content);
        expect(again.content).toEqual(once.content);
        expect(again.problems).toHaveLength(once.problems.length);
      }),
    );
  });

  it('may be anything where references are mapped', () => {
    fc.assert(
      fc.property(anything, (content) => {
        mapTopicReferences(content, (_type, text) => text);
        mapModel(content, (_type, text) => text);
      }),
    );
  });
});

describe('a topic', () => {
  it('is given every default, and its tags an order', () => {
    expect(checkTopic('mHv1.0/a', { tags: ['b', 'a'], schema: RULES })).toEqual({
      content: { description: null, tags: ['a', 'b'], config: NO_CONFIG, schema: FULL_RULES },
      secrets: [],
      problems: [],
    });
  });

  it.each<[string, PortableContent, string[]]>([
    ['mHv1.0/../+', {}, ['name: Topic must not contain +, # or NUL']],
    ['elsewhere', {}, ['name: Topic must start with mHv1.0/']],
    [
      'mHv1.0/a',
      { config: { maxIntervalSeconds: 5 } },
      ['config.maxIntervalSeconds: Max interval seconds need onChange or a deadband'],
    ],
    ['mHv1.0/a', { config: { retentionDays: 0 } }, ['config.retentionDays: Retention days must not be less than 1']],
    ['mHv1.0/a', { schema: { mode: 'strict' } }, ['schema.schema: Schema, modelId, unit, min or max is required']],
    [
      'mHv1.0/a',
      { schema: { mode: 'strict', modelId: 'x' } },
      [
        'schema.modelId: ModelId must name a model: mhub://model/<name>',
        'schema.modelSchema: ModelSchema is required beside a modelId',
      ],
    ],
    [
      'mHv1.0/a',
      { schema: { ...RULES, modelId: 'Motor' } },
      ['schema.modelId: ModelId must name a model: mhub://model/<name>'],
    ],
    [
      'mHv1.0/a',
      { schema: { ...RULES, modelSchema: { type: 'nonsense' } } },
      [expect.stringMatching(/^schema.modelSchema: ModelSchema is no JSON Schema/) as string],
    ],
    ['mHv1.0/a', { topic: 'b' }, ['topic: Topic is not a known field']],
    [
      'mHv1.0/a',
      { schema: { ...RULES, modelVersion: 3 } },
      ['schema.modelVersion: Model version is not a known field'],
    ],
  ])('%s is refused with %j', (path, content, problems) => {
    expect(messagesOf(checkTopic(path, content).problems)).toEqual(problems);
  });

  it('keeps its schemas whatever their members are called', () => {
    const text = '{"type":"object","properties":{"constructor":{"type":"number"},"__proto__":{"type":"string"}}}';
    const content = { schema: { ...RULES, modelSchema: JSON.parse(text) as JsonValue } };
    const { content: sound, problems } = checkTopic('mHv1.0/a', content);
    expect(problems).toEqual([]);
    expect(JSON.stringify((sound.schema as PortableContent).modelSchema)).toBe(text);
  });

  it('names its model', () => {
    const mapped = mapTopicReferences({ schema: RULES }, (type, text) => `${type} ${text}`);
    expect(mapped).toEqual({ schema: { ...RULES, modelId: 'model mhub://model/Motor' } });
  });
});

describe('a schema binding', () => {
  it('is given every default', () => {
    expect(checkBinding('A ~1 b', { filter: 'mHv1.0/#', mode: 'off', min: 0 })).toEqual({
      content: {
        filter: 'mHv1.0/#',
        mode: 'off',
        schema: null,
        modelId: null,
        modelSchema: null,
        unit: null,
        min: 0,
        max: null,
      },
      secrets: [],
      problems: [],
    });
  });

  it.each<[string, PortableContent, string[]]>([
    [
      'a/b',
      { filter: 'mHv1.0/#', mode: 'off', min: 0 },
      ['name: Name must be one name; a / that belongs to it is written ~1'],
    ],
    ['', { filter: 'mHv1.0/#', mode: 'off', min: 0 }, ['name: Name is required']],
    [
      'a',
      { filter: 'mHv1.0/#', ...RULES, modelId: 'Motor' },
      ['modelId: ModelId must name a model: mhub://model/<name>'],
    ],
    ['a', { filter: '#', mode: 'off', min: 0 }, ['filter: Filter must start with mHv1.0/']],
    ['a', { filter: 'mHv1.0/#', mode: 'off', min: 0, name: 'b' }, ['name: Name is not a known field']],
  ])('%s is refused with %j', (path, content, problems) => {
    expect(messagesOf(checkBinding(path, content).problems)).toEqual(problems);
  });
});
