import { namesOfPath, pathOfNames, pathProblem } from './path-of-names';

it.each([[['Plant', 'Line / 2']], [['a~b', '~1', '/']], [['']]])('%j are one path, and themselves again', (names) => {
  expect(namesOfPath(pathOfNames(names))).toEqual(names);
});

it('escapes what would be taken for the path', () => {
  expect(pathOfNames(['a/b', 'c~d'])).toBe('a~1b/c~0d');
});

it.each([
  ['a~1b/c~0d', undefined],
  ['~', 'Name must be written ~0: ~ that belongs to it is ~0'],
  ['a/b~2', 'Name must be written a/b~02: ~ that belongs to it is ~0'],
])('is written in one way: %j', (path, problem) => expect(pathProblem(path)).toBe(problem));
