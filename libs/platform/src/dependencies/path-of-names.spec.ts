import { namesOfPath, pathOfNames } from './path-of-names';

it.each([[['Plant', 'Line / 2']], [['a~b', '~1', '/']], [['']]])('%j are one path, and themselves again', (names) => {
  expect(namesOfPath(pathOfNames(names))).toEqual(names);
});

it('escapes what would be taken for the path', () => {
  expect(pathOfNames(['a/b', 'c~d'])).toBe('a~1b/c~0d');
});
