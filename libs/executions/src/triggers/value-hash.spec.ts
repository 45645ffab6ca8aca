import { valueHash } from './value-hash';

describe('the hash of a value', () => {
  it.each([
    [1, 1, true],
    [1, '1', false],
    [null, 'null', false],
    [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{}, [], false],
    [{}, null, false],
    [{ a: 1 }, [['a', 1]], false],
    [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }], true],
    [JSON.parse('{"__proto__":1}'), {}, false],
  ])('of %j is that of %j: %s', (a, b, same) => {
    expect(valueHash(a).equals(valueHash(b))).toBe(same);
  });
});
