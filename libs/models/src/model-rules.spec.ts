import { SchemaValidator } from '#platform/json-schema';
import type { ModelField } from './model-field';
import { DEEPEST_FIELD, modelProblems, MOST_FIELDS } from './model-rules';
import { modelSchema } from './model-schema';
import { EACH, sensitivePaths } from './sensitive-paths';

const MACHINE: ModelField[] = [
  { name: 'id', type: 'uuid', required: true },
  { name: 'name', type: 'string', required: true, minLength: 1, maxLength: 10, pattern: '^M' },
  { name: 'speed', type: 'number', unit: 'rpm', min: 0, max: 3_000, default: 0, description: 'At the shaft' },
  { name: 'starts', type: 'integer' },
  { name: 'on', type: 'boolean' },
  { name: 'since', type: 'datetime' },
  { name: 'state', type: 'enum', enum: ['run', 'stop', 3] },
  { name: 'image', type: 'binary', maxLength: 6 },
  { name: 'owner', type: 'object', fields: [{ name: 'phone', type: 'string', sensitive: true }] },
  {
    name: 'tags',
    type: 'array',
    maxLength: 2,
    items: { type: 'object', fields: [{ name: 'k', type: 'string', required: true }] },
  },
  { name: 'codes', type: 'array', items: { type: 'string', sensitive: true } },
];

const problems = (value: unknown) =>
  new SchemaValidator(modelSchema('Machine', MACHINE)).problems(value).map(({ message }) => message);

describe('a model', () => {
  const fits = { id: '0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d', name: 'M1' };

  it('lets through what fits, and members it does not name', () => {
    const all = {
      speed: 1.5,
      starts: 3,
      on: true,
      since: '2026-01-02T03:04:05Z',
      state: 3,
      image: 'AAAAAAAA',
      more: null,
    };
    expect(problems({ ...fits, ...all, owner: { phone: '1' }, tags: [{ k: 'a' }], codes: ['x'] })).toEqual([]);
  });

  it.each([
    [{}, ['id is required', 'name is required']],
    [{ ...fits, id: '5' }, ['id must match format "uuid"']],
    [{ ...fits, name: 'X23456789012' }, ['name must NOT have more than 10 characters', 'name must match pattern "^M"']],
    [{ ...fits, speed: 3_001 }, ['speed must be <= 3000']],
    [{ ...fits, starts: 1.5 }, ['starts must be integer']],
    [{ ...fits, since: 'today' }, ['since must match format "date-time"']],
    [{ ...fits, state: 'off' }, ['state must be one of "run", "stop", 3']],
    [{ ...fits, image: 'AAAAAAAAAAAA' }, ['image must NOT have more than 8 characters']],
    [
      { ...fits, tags: [{}, { k: 1 }, {}] },
      expect.arrayContaining(['tags[0].k is required', 'tags[1].k must be string']),
    ],
    [null, ['The value must be object']],
  ])('names each problem of %j', (value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  it('keeps units, descriptions and defaults in its schema', () => {
    expect(modelSchema('Machine', MACHINE)).toMatchObject({
      title: 'Machine',
      required: ['id', 'name'],
      properties: {
        speed: { type: 'number', minimum: 0, maximum: 3_000, default: 0, 'x-unit': 'rpm', description: 'At the shaft' },
      },
    });
  });

  it('knows where its sensitive values are', () => {
    expect(sensitivePaths(MACHINE)).toEqual([
      ['owner', 'phone'],
      ['codes', EACH],
    ]);
  });
});

describe('the rules for models', () => {
  it('accept a sound one', () => {
    expect(modelProblems(MACHINE)).toEqual([]);
    expect(modelProblems([])).toEqual([]);
  });

  const field = (shape: Partial<ModelField>): ModelField => ({ name: 'a', type: 'string', ...shape });
  const nested = (depth: number): ModelField =>
    field(depth === 1 ? {} : { type: 'object', fields: [nested(depth - 1)] });

  it.each<[string, ModelField[], string]>([
    ['a name twice', [field({}), field({})], 'fields[1].name: Name a is given to two fields'],
    ['a limit of another type', [field({ min: 1 })], 'fields[0].min: min is not for type string'],
    [
      'limits the wrong way round',
      [field({ type: 'number', min: 2, max: 1 })],
      'fields[0].min: min must not be more than max',
    ],
    [
      'lengths the wrong way round',
      [field({ minLength: 2, maxLength: 1 })],
      'fields[0].minLength: minLength must not be more than maxLength',
    ],
    [
      'a pattern that is none',
      [field({ pattern: '(' })],
      'fields[0].pattern: pattern cannot be used: missing closing ): `(`',
    ],
    ['an enum of nothing', [field({ type: 'enum' })], 'fields[0].enum: enum is required for type enum'],
    ['a default that does not fit', [field({ default: 5 })], 'fields[0].default: default must be string'],
    [
      'what is inside',
      [field({ type: 'array', items: { type: 'object', fields: [field({ type: 'enum' })] } })],
      'fields[0].items.fields[0].enum: enum is required for type enum',
    ],
    [
      'more than the deepest level',
      [nested(DEEPEST_FIELD + 1)],
      `fields[0]${'.fields[0]'.repeat(DEEPEST_FIELD)}: Fields must not be deeper than 8 levels`,
    ],
    [
      'too many',
      Array.from({ length: MOST_FIELDS + 1 }, (_, index) => field({ name: `f${index}` })),
      'fields: Fields must not be more than 1000 on all levels',
    ],
  ])('refuse %s', (_, fields, problem) => {
    expect(modelProblems(fields).map(({ field: place, message }) => `${place}: ${message}`)).toEqual([problem]);
  });
});
