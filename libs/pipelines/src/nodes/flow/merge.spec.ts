import type { JsonValue } from '#kernel';
import fc from 'fast-check';
import { failureOf, outputOf, problemsOf, testInput } from '../test-call';
import { mergeInputs } from './merge-inputs';
import { MergeNode } from './merge.node';

describe('flow.merge', () => {
  const node = new MergeNode();
  const a = [
    { id: 1, t: 20 },
    { id: 2, t: 21 },
  ];
  const b = [
    { id: 2, p: 5 },
    { id: 3, p: 6 },
    { id: 2, p: 7 },
  ];

  it.each<[object, JsonValue[], unknown]>([
    [{}, ['x', { y: 1 }], { A: 'x', B: { y: 1 } }],
    [{ mode: 'append' }, [[1, 2], 3, [], [[4]]], [1, 2, 3, [4]]],
    [
      { mode: 'combineByPosition' },
      [a, { v: 1 }],
      [
        { A_id: 1, A_t: 20, B_v: 1 },
        { A_id: 2, A_t: 21 },
      ],
    ],
    [{ mode: 'combineByPosition' }, [[1, [2]], ['x']], [{ A: 1, B: 'x' }, { A: [2] }]],
    [
      { mode: 'combineByKey', keyField: 'id' },
      [a, b],
      [
        { id: 1, A_t: 20 },
        { id: 2, A_t: 21, B_p: 7 },
        { id: 3, B_p: 6 },
      ],
    ],
    [
      { mode: 'combineByKey', keyField: 'k.n' },
      [{ k: { n: '1' } }, [{ k: { n: 1 } }, { k: { n: '1' }, v: 2 }]],
      [
        { 'k.n': '1', A_k: { n: '1' }, B_k: { n: '1' }, B_v: 2 },
        { 'k.n': 1, B_k: { n: 1 } },
      ],
    ],
  ])('%j of %j', async (parameters, values, output) => {
    expect(await outputOf(node, parameters, { values })).toEqual(output);
  });

  it('tells apart what one node gives at several ports', async () => {
    const inputs = [testInput('S', 1, 'hot'), testInput('S', 2, 'cold'), testInput('T', 3)];
    expect(await outputOf(node, {}, { inputs })).toEqual({ S_hot: 1, S_cold: 2, T: 3 });
  });

  it('writes no names that reach further than the result', () => {
    const evil = JSON.parse('{"__proto__": {"polluted": 1}, "id": "__proto__"}');
    for (const mode of ['object', 'append', 'combineByPosition', 'combineByKey'] as const) {
      const merged = mergeInputs([testInput('__proto__', evil), testInput('B', evil)], mode, 'id');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(Array.isArray(merged) ? merged[0] : merged)).toBe(Object.prototype);
    }
  });

  it.each<[object, JsonValue[], string]>([
    [{ mode: 'combineByKey', keyField: 'id' }, [[{ id: 1 }], [{ id: 1 }, { no: 1 }]], 'Item 2 of B has no field id'],
    [{ mode: 'combineByKey', keyField: 'id' }, [[1], []], 'Item 1 of A has no field id'],
    [{ mode: 'combineByKey', keyField: 'toString' }, [[{}], []], 'Item 1 of A has no field toString'],
    [
      { mode: 'append' },
      [Array<JsonValue>(60_000).fill(0), Array<JsonValue>(60_000).fill(0)],
      'At most 100,000 items can be merged, not 120000',
    ],
  ])('%j fails', async (parameters, values, message) => {
    expect(await failureOf(node, parameters, { values })).toBe(message);
  });

  it('is checked', () => {
    expect(problemsOf(node, { mode: 'append' })).toEqual([]);
    expect(problemsOf(node, { mode: 'combineByKey' })).toEqual(['keyField: Key field is required']);
    expect(problemsOf(node, { mode: 'combineByKey', keyField: 'a.__proto__' })).toEqual([
      'keyField: Key field must not name __proto__',
    ]);
  });

  it('keeps every item where it appends', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer()), { minLength: 2, maxLength: 5 }), (lists) => {
        const inputs = lists.map((list, index) => testInput(`N${index}`, list));
        expect(mergeInputs(inputs, 'append')).toEqual(lists.flat());
        const rows = mergeInputs(inputs, 'combineByPosition') as object[];
        expect(rows.flatMap((row) => Object.keys(row))).toHaveLength(lists.flat().length);
      }),
    );
  });
});
