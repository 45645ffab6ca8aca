import { mqttPrefixProblem } from './mqtt-prefix';

it.each(['', 'a/', 'plants/south east/'])('%j can stand before topics', (prefix) => {
  expect(mqttPrefixProblem(prefix)).toBeUndefined();
});

it.each([
  'a',
  '/',
  'a//',
  '/a/',
  '+/',
  'a/#/',
  'a\0/',
  'mHv1.0/',
  'a/mHv1.0/',
  'org/',
  'org/x/',
  '$SYS/',
  `${'x'.repeat(200)}/`,
])('%j cannot', (prefix) => {
  expect(mqttPrefixProblem(prefix)).toMatch(/^Mqtt prefix must/);
});
