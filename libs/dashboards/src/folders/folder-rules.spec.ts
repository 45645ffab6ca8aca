import { placementProblem } from './folder-rules';

/** a ⊃ b ⊃ c, and a chain of eight. */
const PARENTS = new Map<string, string | null>([
  ['a', null],
  ['b', 'a'],
  ['c', 'b'],
  ...Array.from({ length: 8 }, (_, index): [string, string | null] => [
    `${index + 1}`,
    index === 0 ? null : `${index}`,
  ]),
]);

it.each<[string | undefined, string | null, string | undefined]>([
  [undefined, null, undefined],
  [undefined, 'c', undefined],
  [undefined, '7', undefined],
  [undefined, '8', 'Folders must not be deeper than 8 levels'],
  [undefined, 'x', 'Parent folder not found'],
  ['a', null, undefined],
  ['c', 'a', undefined],
  ['a', 'a', 'A folder must not lie in itself'],
  ['a', 'c', 'A folder must not lie in itself'],
  ['a', '5', undefined],
  ['a', '6', 'Folders must not be deeper than 8 levels'],
  ['8', '7', undefined],
])('folder %s in %s: %s', (id, parentId, problem) => {
  expect(placementProblem(PARENTS, id, parentId)).toBe(problem);
});
