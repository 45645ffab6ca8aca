import { parseIfMatch } from './if-match';

it.each([
  [undefined, undefined],
  ['*', undefined],
  [' * ', undefined],
  ['"3"', 3],
  [' "3" ', 3],
  // Tags we never gave out match no row: 412, not 400.
  ['"0"', 0],
  ['W/"3"', 0],
  ['"abc"', 0],
  ['""', 0],
  ['"1234567890"', 0],
])('%s: %s', (header, version) => {
  expect(parseIfMatch(header)).toBe(version);
});

it.each(['', '3', 'abc', '"3', '3"', '"3" "4"', '"3",', '*,"3"'])('refuses %j', (header) => {
  expect(() => parseIfMatch(header)).toThrow('If-Match must be an ETag');
});
