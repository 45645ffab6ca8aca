import { baseOf, pathProblems, underBase } from './file-path';

describe('paths of files', () => {
  it.each(['a', '/a', 'a/b.csv', 'a/b/', '..a', 'a..', 'a/...', '%2e.x', 'ä ö', '100%', '/', ''])(
    '%j are let through',
    (path) => expect(pathProblems('path', path)).toEqual([]),
  );

  it.each([
    ['..', 'must not have . or .. as a segment'],
    ['.', 'must not have . or .. as a segment'],
    ['a/../b', 'must not have . or .. as a segment'],
    ['/../etc/passwd', 'must not have . or .. as a segment'],
    ['a/..', 'must not have . or .. as a segment'],
    ['../', 'must not have . or .. as a segment'],
    ['%2e%2E/b', 'must not have . or .. as a segment'],
    ['a/.%2e/b', 'must not have . or .. as a segment'],
    ['..%2fb', 'must not have an encoded slash, backslash or NUL'],
    ['a%5c..', 'must not have an encoded slash, backslash or NUL'],
    ['a%00.csv', 'must not have an encoded slash, backslash or NUL'],
    ['a\\..\\b', 'must not have a backslash'],
    ['a\0b', 'must not have control characters'],
    ['a\r\nDELE b', 'must not have control characters'],
    ['a//b', 'must not have an empty segment'],
    ['//etc', 'must not have an empty segment'],
    ['\ud800', 'must be well-formed Unicode'],
    ['ä'.repeat(513), 'must be at most 1024 bytes'],
  ])('%j are refused', (path, problem) => {
    expect(pathProblems('path', path)).toEqual([{ field: 'path', message: `path ${problem}` }]);
  });

  it.each(['', '/'])('%j is refused where something has to be named', (path) => {
    expect(pathProblems('key', path, true)).toEqual([{ field: 'key', message: 'key must name something' }]);
  });

  it.each([
    ['', 'a/b', 'a/b'],
    ['/', '/a', 'a'],
    ['plant', 'a', 'plant/a'],
    ['/plant/north/', '/a/', 'plant/north/a/'],
    ['plant/', '', 'plant/'],
  ])('below %j, %j is %j', (base, path, whole) => {
    expect(underBase(base, path)).toBe(whole);
    expect(whole.startsWith(baseOf(base))).toBe(true);
  });
});
