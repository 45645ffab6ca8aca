import type { Contributors } from '../index/contributors';
import type { DatabaseDependencyIndex } from '../index/database-dependency-index';
import type { GraphRows, ReferenceRow } from '../index/index-rows';
import { GraphCache } from './graph-cache';

/** Of nodes and edges, so that two graphs have no room beside each other. */
const MANY = 140_000;

/** In the order of the keys, as rows come. */
const referring = (count: number): GraphRows => ({
  revision: 2,
  entities: [['pipeline', 'p', 'p', 'P']],
  references: Array.from({ length: count }, (_, n): ReferenceRow => [
    'pipeline',
    'p',
    'uses',
    'topic',
    `${n}`.padStart(6, '0'),
    [],
  ]),
});

/** Two organizations whose graphs are empty at first and large by their next revision. */
class GrowingGraphs {
  revision = 1;
  readonly readAnew: string[] = [];

  index = {
    revision: () => Promise.resolve(this.revision),
    read: (organizationId: string) => {
      this.readAnew.push(organizationId);
      return Promise.resolve(this.revision === 1 ? { revision: 1, entities: [], references: [] } : referring(MANY));
    },
    changesSince: () => Promise.resolve({ ...referring(MANY), changed: [['pipeline', 'p'] as const] }),
  } as unknown as DatabaseDependencyIndex;
}

it('forgets graphs that have grown, too', async () => {
  const growing = new GrowingGraphs();
  const contributors = { isNamedByPath: (type: string) => type === 'topic' } as unknown as Contributors;
  const cache = new GraphCache(growing.index, contributors);
  for (const organization of ['a', 'b']) await cache.get(organization);
  growing.revision = 2;
  for (const organization of ['a', 'b', 'a']) await cache.get(organization);
  expect(growing.readAnew).toEqual(['a', 'b', 'a']);
});
