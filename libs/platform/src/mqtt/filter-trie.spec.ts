import fc from 'fast-check';
import { filterCovers } from '#kernel';
import { FilterTrie } from './filter-trie';

const level = fc.constantFrom('a', 'b', 'c');
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => [...levels, ...(open || levels.length === 0 ? ['#'] : [])].join('/'));

/** By the definition: `a/#` selects `a` as well. */
const selects = (filter: string, topic: string): boolean =>
  filterCovers(filter, topic) || (filter.endsWith('/#') && filterCovers(filter.slice(0, -2), topic));

it('finds what looking at every filter would find', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filters), fc.array(filters), topics, (kept, removed, topic) => {
      const trie = new FilterTrie<string>();
      for (const filter of [...kept, ...removed]) trie.set(filter, 'client', filter);
      for (const filter of removed) trie.delete(filter, 'client');
      const found: string[] = [];
      trie.match(topic, (_, filter) => found.push(filter));
      const expected = kept.filter((filter) => !removed.includes(filter) && selects(filter, topic));
      expect(found.sort()).toEqual(expected.sort());
    }),
  );
});

it('keeps one value for each filter and key, and nothing when all are gone', () => {
  const trie = new FilterTrie<number>();
  trie.set('a/+', 'x', 1);
  trie.set('a/+', 'x', 2);
  trie.set('a/+', 'y', 3);
  const found: [string, number][] = [];
  trie.match('a/b', (key, value) => found.push([key, value]));
  expect(found).toEqual([
    ['x', 2],
    ['y', 3],
  ]);
  trie.delete('a/+', 'x');
  trie.delete('a/+', 'y');
  trie.delete('a/b', 'z');
  expect(trie.isEmpty).toBe(true);
});
