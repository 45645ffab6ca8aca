import { durationMilliseconds } from './duration';

it.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['1.5s', 1_500],
  ['0.0004s', undefined],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['31d', 2_678_400_000],
  ['0s', 0],
  ['', undefined],
  ['5', undefined],
  ['5 s', undefined],
  ['-5s', undefined],
  ['1e3s', undefined],
  ['5S', undefined],
  [`${'9'.repeat(400)}s`, undefined],
])('%s is %s milliseconds', (text, milliseconds) => {
  expect(durationMilliseconds(text)).toBe(milliseconds);
});
