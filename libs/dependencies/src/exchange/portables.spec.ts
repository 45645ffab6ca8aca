import type { DiscoveryService } from '@nestjs/core';
import type { BulkPortable, Portable } from '#platform/dependencies';
import { Portables } from './portables';

/** How many of each type are read at once. */
async function readAtOnce(portable: Partial<BulkPortable>): Promise<number> {
  let most = 0;
  const read: Portable['read'] = (_, ids) => {
    most = Math.max(most, ids.length);
    return Promise.resolve([]);
  };
  const instance = { type: 'thing', ...portable, read };
  const portables = new Portables({ getProviders: () => [{ instance }] } as unknown as DiscoveryService);
  portables.onModuleInit();
  await portables.entities(
    'organization',
    Array.from({ length: 2_000 }, (_, n) => ({ type: 'thing', id: `${n}` })),
  );
  return most;
}

it('reads few at once of what may be large, and many of what there are tens of thousands', async () => {
  expect(await readAtOnce({})).toBe(20);
  expect(await readAtOnce({ createAll: () => Promise.resolve() })).toBe(500);
});
