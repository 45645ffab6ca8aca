import { Catalog } from '../exchange/catalog';
import type { ContentsRepository } from '../exchange/contents.repository';
import type { Portables } from '../exchange/portables';
import { MOST_ITEMS } from '../format';
import { ExportWriter } from './export-writer';

it('writes no file that has more items than could be imported again', async () => {
  const portables = {} as Portables;
  const writer = new ExportWriter(portables, {} as ContentsRepository);
  const topics = Array.from({ length: MOST_ITEMS + 1 }, (_, n) => ({ type: 'topic', id: `${n}`, name: `mHv1.0/${n}` }));
  await expect(writer.write('organization', new Catalog(portables), topics, null)).rejects.toMatchObject({
    kind: 'payload_too_large',
    message: 'The file would have more than 50000 items; export it in parts',
  });
});
