import { bucketMilliseconds } from './aggregate';

describe('bucketMilliseconds', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1000d', 86_400_000_000],
    ['1001d', undefined],
    ['24001h', undefined],
    ['999999999d', undefined],
  ])('%s: %s', (width, expected) => {
    expect(bucketMilliseconds(width)).toBe(expected);
  });
});
