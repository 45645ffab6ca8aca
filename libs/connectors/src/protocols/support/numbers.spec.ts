import { decimal, ofBigInt, ofFloat32, ofFloat64, toBigInt } from './numbers';

describe('numbers of machines', () => {
  it.each([
    [Math.fround(0.1), 0.1],
    [Math.fround(21.37), 21.37],
    [16_777_216, 16_777_216],
    [Math.fround(1.17549435e-38), 1.1754944e-38],
    [Math.fround(-3.4028235e38), -3.4028235e38],
    [NaN, null],
    [-Infinity, null],
  ])('gives the 32-bit float %p as %p', (value, expected) => {
    expect(ofFloat32(value)).toBe(expected);
    if (expected !== null) expect(Math.fround(expected)).toBe(value);
  });

  it('gives 64-bit floats as they are', () => {
    expect([ofFloat64(0.1), ofFloat64(Infinity)]).toEqual([0.1, null]);
  });

  it('gives whole numbers as text where a number would not be exact', () => {
    expect([2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n)].map(ofBigInt)).toEqual([
      9007199254740991,
      '9007199254740992',
      '-9223372036854775808',
    ]);
  });

  it('reads both again', () => {
    expect([5, '-9223372036854775808', 1.5, '1e3', null, 2 ** 60].map(toBigInt)).toEqual([
      5n,
      -(2n ** 63n),
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('calculates as people do', () => {
    expect([decimal(3 * 0.1), decimal(0.1 + 0.7)]).toEqual([0.3, 0.8]);
  });
});
