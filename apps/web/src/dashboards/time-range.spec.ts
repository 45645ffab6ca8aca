import { bucketFor, describe as words, durationOf, resolve, spanOf, toRange } from './time-range';

const NOW = Date.parse('2026-05-20T12:00:00.000Z');

describe('time ranges', () => {
  it.each([
    ['now', NOW],
    ['now-15m', NOW - 900_000],
    ['now-2d', NOW - 172_800_000],
    ['2026-05-20T11:00:00.000Z', NOW - 3_600_000],
    ['yesterday', undefined],
    ['now+1h', undefined],
  ])('resolve %s', (text, time) => {
    expect(resolve(text, NOW)).toBe(time);
  });

  it.each([
    ['now', 'now-1h'],
    ['?', 'now'],
  ])('that make no sense are an hour: %s – %s', (from, to) => {
    expect(spanOf({ from, to }, NOW)).toEqual({ from: NOW - 3_600_000, to: NOW });
  });

  it('go through text and back', () => {
    const span = { from: NOW - 5_000, to: NOW };
    expect(spanOf(toRange(span), 0)).toEqual(span);
  });

  it('have words', () => {
    expect([words({ from: 'now-1h', to: 'now' }), words({ from: 'now-15m', to: 'now' })]).toEqual([
      'Last 1 hour',
      'Last 15 minutes',
    ]);
  });

  it.each([
    [300, '1s'],
    [3_600, '10s'],
    [86_400, '5m'],
    [7 * 86_400, '30m'],
    [400 * 86_400, '1d'],
  ])('of %i s have at most 500 buckets of %s', (seconds, bucket) => {
    expect(bucketFor({ from: NOW - seconds * 1000, to: NOW }, 500)).toBe(bucket);
  });

  it.each([
    ['30s', 30_000],
    ['2h', 7_200_000],
    ['soon', undefined],
  ])('read the duration %s', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
  });
});
