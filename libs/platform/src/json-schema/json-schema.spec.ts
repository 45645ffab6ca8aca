import { MOST_PROBLEMS, SchemaValidator, type JsonSchema } from './json-schema';
import { patternProblem } from './patterns';

const problems = (schema: JsonSchema, value: unknown) => new SchemaValidator(schema).problems(value);

describe('SchemaValidator', () => {
  const line: JsonSchema = {
    type: 'object',
    required: ['name', 'speed'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', pattern: '^L\\d+$', 'x-note': 'ours' },
      speed: { type: ['number', 'null'], minimum: 0 },
      state: { enum: ['on', 'off'] },
      since: { type: 'string', format: 'date-time' },
      parts: { type: 'array', items: { type: 'object', required: ['id'] } },
    },
  };

  it('finds nothing wrong with what fits', () => {
    const value = { name: 'L1', speed: null, state: 'on', since: '2026-01-02T03:04:05Z', parts: [{ id: 1, more: 2 }] };
    expect(problems(line, value)).toEqual([]);
    expect(problems(true, undefined)).toEqual([]);
  });

  it('tells what is wrong in a branch, and not that it was taken', () => {
    const branch = { if: { properties: { kind: { const: 'a' } } }, then: { required: ['key'] } };
    expect(problems(branch, { kind: 'a' })).toEqual([{ field: 'key', message: 'key is required' }]);
  });

  it.each([
    [{}, ['name: name is required', 'speed: speed is required']],
    [{ name: 'x', speed: -1 }, ['name: name must match pattern "^L\\d+$"', 'speed: speed must be >= 0']],
    [{ name: 'L1', speed: 1, state: 'x' }, ['state: state must be one of "on", "off"']],
    [{ name: 'L1', speed: 1, since: 'noon' }, ['since: since must match format "date-time"']],
    [
      { name: 'L1', speed: 1, parts: [{}, 5] },
      ['parts[0].id: parts[0].id is required', 'parts[1]: parts[1] must be object'],
    ],
    [{ name: 'L1', speed: 1, other: 1 }, ['other: other is not known']],
    [5, [': The value must be object']],
  ])('names every problem of %j', (value, expected) => {
    expect(problems(line, value).map(({ field, message }) => `${field}: ${message}`)).toEqual(expected);
  });

  it('bounds what it tells', () => {
    expect(problems({ items: { type: 'string' } }, new Array(500).fill(1))).toHaveLength(MOST_PROBLEMS);
  });

  it.each<[JsonSchema, RegExp]>([
    [{ type: 'nonsense' }, /type/],
    [{ pattern: '(' }, /missing closing/],
    [{ pattern: '(?<=a)b' }, /regexp/],
    [{ $ref: 'http://127.0.0.1:1/schema.json' }, /resolve/],
    [{ $ref: '#/$defs/missing' }, /resolve/],
  ])('refuses the schema %j', (schema, message) => {
    expect(() => new SchemaValidator(schema)).toThrow(message);
  });

  it('follows references inside, also to itself', () => {
    const tree: JsonSchema = {
      type: 'object',
      properties: { next: { $ref: '#' }, id: { $ref: '#/$defs/id' } },
      $defs: { id: { type: 'integer' } },
    };
    expect(problems(tree, { next: { next: { id: 'x' } } })).toEqual([
      { field: 'next.next.id', message: 'next.next.id must be integer' },
    ]);
  });

  it('does not mix up patterns and schemas', () => {
    const both: JsonSchema = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    expect(problems(both, { a: 'a', b: 'b' })).toEqual([]);
    expect(problems(both, { a: 'b', b: 'a' })).toHaveLength(2);
    const named = { $id: 'https://example.com/same', type: 'string' };
    expect(problems(named, 1)).toHaveLength(1);
    expect(problems({ ...named, type: 'number' }, 1)).toEqual([]);
  });

  it('is not held up by a pattern that backtracks', () => {
    expect(problems({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toHaveLength(1);
  });

  it('cannot be made to run code', () => {
    const name = `x"]; globalThis.escaped = 1; //\u2028`;
    const schema: JsonSchema = {
      properties: { [name]: { const: `\`\${globalThis.escaped = 1}` } },
      required: [name],
      title: '*/ globalThis.escaped = 1',
    };
    expect(problems(schema, {})).toHaveLength(1);
    expect(globalThis).not.toHaveProperty('escaped');
  });
});

it.each([
  ['^a+$', undefined],
  ['[', 'missing closing ]: `[`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
])('the pattern %s: %s', (source, problem) => {
  expect(patternProblem(source)).toBe(problem);
});
