import type { JsonValue } from '#kernel';
import { withDefaults } from './model-defaults';
import type { ModelField } from './model-field';

const FIELDS: ModelField[] = [
  { name: 'unit', type: 'string', default: 'mm' },
  { name: 'motor', type: 'object', fields: [{ name: 'rpm', type: 'integer', default: 0 }] },
  { name: 'parts', type: 'array', items: { type: 'object', fields: [{ name: 'n', type: 'integer', default: 1 }] } },
  {
    name: 'matrix',
    type: 'array',
    items: { type: 'array', items: { type: 'object', fields: [{ name: 'v', type: 'integer', default: 2 }] } },
  },
  { name: 'whole', type: 'object', default: { a: 1 }, fields: [{ name: 'a', type: 'integer' }] },
];

describe('withDefaults', () => {
  it.each<[JsonValue, JsonValue]>([
    [{}, { unit: 'mm', whole: { a: 1 } }],
    [
      { unit: null, whole: {} },
      { unit: null, whole: {} },
    ],
    [
      { unit: '', whole: {}, motor: {} },
      { unit: '', whole: {}, motor: { rpm: 0 } },
    ],
    [
      { unit: '', whole: {}, parts: [{}, { n: 5 }, 'x'] },
      { unit: '', whole: {}, parts: [{ n: 1 }, { n: 5 }, 'x'] },
    ],
    [
      { unit: '', whole: {}, matrix: [[{}], []] },
      { unit: '', whole: {}, matrix: [[{ v: 2 }], []] },
    ],
    ['a text', 'a text'],
    [[{}], [{}]],
    [null, null],
  ])('of %j are %j', (value, complete) => {
    const before = JSON.stringify(value);
    expect(withDefaults(FIELDS, value)).toEqual(complete);
    expect(JSON.stringify(value)).toBe(before);
  });

  it('make no copy where nothing is missing', () => {
    const value = { unit: 'm', motor: { rpm: 1 }, parts: [{ n: 1 }], whole: {} };
    expect(withDefaults(FIELDS, value)).toBe(value);
  });

  it('are not looked for in what all objects share', () => {
    expect(withDefaults([{ name: 'toString', type: 'string', default: 'x' }], {})).toEqual({ toString: 'x' });
    const named = withDefaults([{ name: '__proto__', type: 'object', default: { polluted: 1 } }], {});
    expect([Object.keys(named!), ({} as Record<string, unknown>).polluted]).toEqual([['__proto__'], undefined]);
  });
});
