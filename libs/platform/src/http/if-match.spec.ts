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
  // Any of a list may fit.
  ['"3", "4"', [3, 4]],
  ['"3","abc" , W/"4"', [3, 0, 0]],
  ['"a,b"', 0],
])('%s: %s', (header, version) => {
  expect(parseIfMatch(header)).toEqual(version);
});

it.each(['', '3', 'abc', '"3', '3"', '"3" "4"', '"3",', '*,"3"'])('refuses %j', (header) => {
  expect(() => parseIfMatch(header)).toThrow('If-Match must be an ETag');
});
