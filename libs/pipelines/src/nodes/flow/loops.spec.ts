import { failureOf, outputOf } from '../test-call';
import { EndForEachNode } from './endforeach.node';
import { ForEachNode } from './foreach.node';

describe('flow.foreach', () => {
  const node = new ForEachNode();

  it('gives the items', async () => {
    expect(await outputOf(node, { sourceArray: [1, null, { a: 2 }] })).toEqual([1, null, { a: 2 }]);
    expect(await outputOf(node, { sourceArray: [] })).toEqual([]);
    expect(await outputOf(node, { sourceArray: Array(100_000).fill(0) })).toHaveLength(100_000);
  });

  it.each([
    [{}, 'Source array must be an array, not nothing'],
    [{ sourceArray: { length: 3 } }, 'Source array must be an array, not an object'],
    [{ sourceArray: 'abc' }, 'Source array must be an array, not a text'],
  ])('refuses %j', async (parameters, message) => {
    expect(await failureOf(node, parameters)).toBe(message);
  });

  it('is bounded', async () => {
    expect(await failureOf(node, { sourceArray: Array(100_001).fill(0) })).toBe(
      'Source array must have at most 100,000 items, not 100001',
    );
  });
});

it.each([
  [[], null],
  [[5], 5],
  [[null], null],
  [
    [[1], 2],
    [[1], 2],
  ],
])('flow.endforeach passes %j on as %j', async (values, output) => {
  expect(await outputOf(new EndForEachNode(), {}, { values })).toEqual(output);
});
