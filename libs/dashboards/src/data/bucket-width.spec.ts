import { MOST_BUCKETS, widthFor, widthText } from './bucket-width';

const HOUR = 3_600_000;

it.each([
  [1, '1ms'],
  [60_000, '200ms'],
  [HOUR, '10s'],
  [24 * HOUR, '3m'],
  [7 * 24 * HOUR, '30m'],
  [30 * 24 * HOUR, '2h'],
  [365 * 24 * HOUR, '1d'],
  [3_660 * 24 * HOUR, '10d'],
])('%d ms are shown by buckets of %s', (milliseconds, width) => {
  expect(widthText(widthFor(milliseconds))).toBe(width);
  expect(milliseconds / widthFor(milliseconds) + 1).toBeLessThanOrEqual(MOST_BUCKETS);
});

it.each([
  [1, '1ms'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [7_200_000, '2h'],
  [604_800_000, '7d'],
])('%d is written %s', (milliseconds, text) => {
  expect(widthText(milliseconds)).toBe(text);
});
