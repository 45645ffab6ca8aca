import { inWords, MOST_DEPENDENTS } from './dependency-index';

const dependents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ type: 'pipeline', id: `${index}`, name: `Line ${index}`, via: [] }));

it.each([
  [1, 'pipeline Line 0'],
  [3, 'pipeline Line 0 and 2 more'],
  [MOST_DEPENDENTS, 'pipeline Line 0 and at least 99 more'],
])('says of %d dependents who they are', (count, words) => {
  expect(inWords(dependents(count))).toBe(words);
});
