import { compareFilters, mostSpecific } from './filter-rank';

it.each([
  ['mHv1.0/a/b', 'mHv1.0/a/+'],
  ['mHv1.0/a/+', 'mHv1.0/+/b'],
  ['mHv1.0/a/+', 'mHv1.0/a/#'],
  ['mHv1.0/a', 'mHv1.0/a/#'],
  ['mHv1.0/a/+/c', 'mHv1.0/a/#'],
  ['mHv1.0/a/#', 'mHv1.0/+/b/c'],
  ['mHv1.0/+/+', 'mHv1.0/+/#'],
  ['mHv1.0/+/#', 'mHv1.0/#'],
])('%s is more specific than %s', (specific, open) => {
  expect([compareFilters(specific, open), compareFilters(open, specific)]).toEqual([-1, 1]);
});

it('takes the first by name where filters are equally specific', () => {
  const of = (name: string, filter: string) => ({ name, filter });
  const all = [of('c', 'mHv1.0/#'), of('b', 'mHv1.0/a/+'), of('a', 'mHv1.0/a/+'), of('0', 'mHv1.0/+/b')];
  expect(mostSpecific(all)?.name).toBe('a');
  expect(mostSpecific(all.toReversed())?.name).toBe('a');
  expect(mostSpecific([])).toBeUndefined();
});
