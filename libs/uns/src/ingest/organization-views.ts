import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { FilterTrie } from '#platform/mqtt';
import { LRUCache } from 'lru-cache';
import { readEpochs, type Epochs } from '../epochs';

/** What this process knows of an organization, as of its epochs. */
export interface OrganizationView {
  epochs: Epochs;
  /** Filters of those who listen live. */
  watches: FilterTrie<true>;
}

/** Organizations that this process remembers. */
const REMEMBERED = 10_000;

/** Remembers what holds for all topics of an organization, until the database says that it has changed. */
@Injectable()
export class OrganizationViews {
  private readonly views = new LRUCache<string, OrganizationView>({ max: REMEMBERED });

  constructor(private readonly database: Database) {}

  async of(organizationIds: readonly string[]): Promise<Map<string, OrganizationView>> {
    const missing = organizationIds.filter((id) => !this.views.has(id));
    const read = missing.length > 0 ? await this.read(missing) : undefined;
    for (const [id, view] of read ?? []) this.views.set(id, view);
    return new Map(organizationIds.map((id) => [id, read?.get(id) ?? this.views.get(id)!]));
  }

  forget(organizationIds: readonly string[]): void {
    for (const id of organizationIds) this.views.delete(id);
  }

  private read(ids: readonly string[]): Promise<Map<string, OrganizationView>> {
    return this.database.inOrganizations(ids, async (manager) => {
      // The epochs first: what changes after them is noticed.
      const epochs = await readEpochs(manager, ids);
      const views = new Map(ids.map((id) => [id, { epochs: epochs.get(id)!, watches: new FilterTrie<true>() }]));
      const watches = await manager.query<{ organization_id: string; filter: string }[]>(
        'SELECT organization_id, filter FROM uns_watches WHERE organization_id = ANY ($1)',
        [ids],
      );
      for (const { organization_id: id, filter } of watches) views.get(id)!.watches.set(filter, filter, true);
      return views;
    });
  }
}
