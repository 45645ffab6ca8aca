import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { takeTurns } from '#platform/turns';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Catalog, Known } from '../exchange/catalog';
import { ContentsRepository, type Exchange, type Exchanged } from '../exchange/contents.repository';
import { Portables } from '../exchange/portables';
import { byTypeAndName, frameOf, hashOf, itemJson, itemText, LARGEST_FILE, MOST_ITEMS } from '../format';

export interface WrittenFile {
  /** By gzip. */
  compressed: Buffer;
  bytes: number;
  items: Exchange[];
  /** Slots of secrets that stay behind. */
  secrets: string[];
}

/** Writes entities into a file. */
@Injectable()
export class ExportWriter {
  constructor(
    private readonly portables: Portables,
    private readonly contents: ContentsRepository,
  ) {}

  /**
   * In the caller's snapshot. The same entities give the same bytes, wherever and whenever.
   * @throws DomainError `payload_too_large` for more than could be imported again.
   */
  async write(
    organizationId: string,
    catalog: Catalog,
    entities: readonly Known[],
    description: string | null,
  ): Promise<WrittenFile> {
    if (entities.length > MOST_ITEMS) throw tooLarge(`have more than ${MOST_ITEMS} items`);
    const last = new Map(
      (await this.contents.last(organizationId, entities)).map((exchanged) => [itemText(exchanged), exchanged]),
    );
    const [head, tail] = frameOf(description);
    let bytes = Buffer.byteLength(head) + Buffer.byteLength(tail);
    const [items, texts, secrets]: [Exchange[], string[], string[]] = [[], [], []];
    for await (const { item, slots } of this.itemsOf(organizationId, catalog, entities)) {
      await takeTurns();
      const base = baseOf(item.hash, last.get(itemText(item)));
      const text = itemJson({ ...item, ...(base !== null && { base }) });
      bytes += Buffer.byteLength(text) + (texts.length > 0 ? 1 : 0);
      if (bytes > LARGEST_FILE) throw tooLarge(`be larger than ${LARGEST_FILE / (1024 * 1024)} MiB`);
      items.push({ ...item, base });
      texts.push(text);
      secrets.push(...slots);
    }
    const compressed = await promisify(gzip)(`${head}${texts.join(',')}${tail}`);
    return { compressed, bytes, items, secrets };
  }

  private async *itemsOf(organizationId: string, catalog: Catalog, entities: readonly Known[]) {
    const sorted = [...entities].sort(byTypeAndName);
    for (const type of new Set(sorted.map((entity) => entity.type))) {
      const portable = this.portables.get(type);
      const ids = sorted.filter((entity) => entity.type === type).map(({ id }) => id);
      for await (const batch of this.portables.read(organizationId, type, ids)) {
        for (const { name, content, secrets } of batch.map((entity) => ({ type, ...entity })).sort(byTypeAndName)) {
          const named = catalog.toNames(portable, content);
          const slots = [...secrets.keys()].sort().map((pointer) => `${itemText({ type, name })}#${pointer}`);
          yield { item: { type, name, hash: hashOf(named), content: named }, slots };
        }
      }
    }
  }
}

/** What was exchanged last is what this one was made of; or it is that itself, of what that was made of. */
const baseOf = (hash: string, last: Exchanged | undefined): string | null =>
  (last?.hash === hash ? last.base : last?.hash) ?? null;

const tooLarge = (what: string) => new DomainError('payload_too_large', `The file would ${what}; export it in parts`);
