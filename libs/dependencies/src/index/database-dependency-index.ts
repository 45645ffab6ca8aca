import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '#platform/database';
import {
  DependencyIndex,
  keyText,
  MOST_DEPENDENTS,
  type Contribution,
  type Dependent,
  type EntityKey,
  type Guarded,
} from '#platform/dependencies';
import type { EntityManager } from 'typeorm';
import { Contributors } from './contributors';
import { Gathering, type Gathered } from './gathering';
import { IndexLocks } from './index-locks';
import {
  batchesOf,
  busiestFirst,
  columnsOf,
  inOneOrder,
  rowsOf,
  type GraphChanges,
  type GraphRows,
} from './index-rows';
import * as statements from './index-statements';
import { requirePresent } from './require-present';

/** Organizations that a process remembers; it asks again about others. */
const MOST_REMEMBERED = 10_000;

/** Revisions of which it is known what they changed, and entities of one of them: more is read anew. */
const LISTED = { revisions: 200, entities: 200 };
/** Entities whose changes are followed at once; for more everything is read, which takes the same time for any number. */
const MOST_FOLLOWED = 2_000;

/** A row as the driver gives it. */
type Row<T extends { revision: number }> = Omit<T, 'revision'> & { revision: string };

/** The graph of each organization, in tables. An organization's is computed when it is first asked for or changed. */
@Injectable()
export class DatabaseDependencyIndex extends DependencyIndex {
  /** Organizations of which this process knows that their graph is kept. */
  private readonly begun = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  /** Transactions that began a graph: whether it stays is not known before they end. */
  private readonly beginning = new WeakSet<EntityManager>();
  private readonly gatherings = new AsyncLocalStorage<Gathering>();
  private readonly locks: IndexLocks;

  constructor(
    private readonly database: Database,
    private readonly contributors: Contributors,
  ) {
    super();
    this.locks = new IndexLocks(contributors);
  }

  async keep(
    organizationId: string,
    contributions: readonly Contribution[],
    expected: readonly EntityKey[] = [],
  ): Promise<void> {
    const gathering = this.gatheringOf(organizationId);
    if (gathering) gathering.keep(contributions, expected);
    else await this.change(organizationId, { kept: contributions, removed: [], expected });
  }

  async remove(organizationId: string, entities: readonly EntityKey[]): Promise<void> {
    const gathering = this.gatheringOf(organizationId);
    if (gathering) gathering.remove(entities);
    else await this.change(organizationId, { kept: [], removed: entities, expected: [] });
  }

  /** Nothing where the graph has not been begun: there is no harm in not knowing, and beginning it would hold others up. */
  present(organizationId: string, entities: readonly EntityKey[]): Promise<EntityKey[]> {
    const asked = this.contributors.namedById(inOneOrder(entities));
    if (asked.length === 0) return Promise.resolve([]);
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<EntityKey[]>(statements.PRESENT, [organizationId, ...columnsOf(asked)]),
    );
  }

  /**
   * Work that tells the index much: what it is told meanwhile is written once, at the end, in the caller's transaction.
   * Where the work fails, nothing is.
   */
  async gathering<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    if (this.gatheringOf(organizationId)) return work();
    const gathering = new Gathering(organizationId);
    return this.database.inOrganization(organizationId, async () => {
      const result = await this.gatherings.run(gathering, work);
      await this.flush(gathering);
      return result;
    });
  }

  async dependents(organizationId: string, guarded: Guarded): Promise<Dependent[]> {
    const gathering = this.gatheringOf(organizationId);
    if (gathering) await this.flush(gathering);
    const found = await this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      await this.locks.guarded(manager, organizationId, guarded);
      const { type, key, branch } = guarded;
      const keys = branch ? [key, ...(await this.below(manager, organizationId, guarded))] : [key];
      return manager.query<(Omit<Dependent, 'weight'> & { key: string })[]>(statements.DEPENDENTS, [
        organizationId,
        type,
        keys,
        MOST_DEPENDENTS,
      ]);
    });
    const weights = await this.contributors.weights(organizationId, found);
    const dependents = found.map(({ key, ...dependent }): Dependent => {
      const weight = weights.get(keyText({ type: dependent.type, key }));
      return { ...dependent, ...(weight && { weight }) };
    });
    return dependents.sort(busiestFirst);
  }

  /**
   * Who refers to any of many entities and is none of some others: who is left behind when those go together. At most 100,
   * unweighed. Whoever asks when they are gone hears of all who will have been left behind, but for paths: whoever names
   * one does so also while nothing is there.
   */
  dependentsOfAll(
    organizationId: string,
    entities: readonly EntityKey[],
    others: readonly EntityKey[],
  ): Promise<Dependent[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      return manager.query<Dependent[]>(statements.DEPENDENTS_OF_ALL, [
        organizationId,
        ...columnsOf(entities),
        ...columnsOf(others),
        MOST_DEPENDENTS,
      ]);
    });
  }

  /** Counts the changes of the organization's graph: whoever remembers it knows by that whether it is still the same. */
  async revision(organizationId: string): Promise<number> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      const [row] = await manager.query<[{ revision: string }]>(statements.REVISION, [organizationId]);
      return Number(row.revision);
    });
  }

  /** The whole graph as of one moment. */
  async read(organizationId: string): Promise<GraphRows> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      const [row] = await manager.query<[Row<GraphRows>]>(statements.GRAPH, [organizationId]);
      return { ...row, revision: Number(row.revision) };
    });
  }

  /** What is different in it since a revision; undefined where that is not known any more, or too much to follow. */
  async changesSince(organizationId: string, revision: number): Promise<GraphChanges | undefined> {
    const parameters = [organizationId, revision, MOST_FOLLOWED];
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<Row<GraphChanges>[]>(statements.CHANGES, parameters),
    );
    return row && { ...row, revision: Number(row.revision) };
  }

  /** What is there below a path, and goes with it. That others name a path does not make anything be there. */
  private async below(manager: EntityManager, organizationId: string, { type, key }: EntityKey): Promise<string[]> {
    const rows = await manager.query<{ key: string }[]>(statements.BELOW, [organizationId, type, key]);
    if (rows.length === 0) return [];
    const found = await this.contributors.identify(
      organizationId,
      type,
      rows.map((row) => row.key),
    );
    return [...found.keys()];
  }

  private gatheringOf(organizationId: string): Gathering | undefined {
    const gathering = this.gatherings.getStore();
    return gathering?.organizationId === organizationId ? gathering : undefined;
  }

  private async flush(gathering: Gathering): Promise<void> {
    const gathered = gathering.take();
    if (gathered.kept.length + gathered.removed.length > 0) await this.change(gathering.organizationId, gathered);
  }

  private change(organizationId: string, { kept, removed, expected }: Gathered): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      const forgotten = await this.forget(manager, organizationId, removed);
      const written = await this.write(manager, organizationId, kept);
      requirePresent(kept, expected, await this.locks.targets(manager, organizationId, kept));
      const changed = [...forgotten, ...written];
      if (changed.length > 0) await this.countUp(manager, organizationId, changed);
    });
  }

  private async countUp(manager: EntityManager, organizationId: string, changed: readonly EntityKey[]): Promise<void> {
    const isListed = changed.length <= LISTED.entities;
    const columns = columnsOf(isListed ? changed : []);
    await manager.query(statements.COUNT_UP, [organizationId, ...columns, isListed ? LISTED.revisions : 0]);
  }

  private async ensureBegun(manager: EntityManager, organizationId: string): Promise<void> {
    if (this.begun.has(organizationId)) return;
    const [first] = await manager.query<unknown[]>(statements.BEGIN, [organizationId]);
    if (first) {
      this.beginning.add(manager);
      const all = await this.contributors.all(organizationId);
      await this.write(manager, organizationId, all);
      // After all of them, since they may refer to each other.
      await this.locks.targets(manager, organizationId, all);
    } else if (!this.beginning.has(manager)) {
      this.begun.set(organizationId, true);
    }
  }

  /** Gives those of which a row is another now. */
  private async write(
    manager: EntityManager,
    organizationId: string,
    contributions: readonly Contribution[],
  ): Promise<EntityKey[]> {
    const changed: EntityKey[] = [];
    for (const batch of batchesOf(contributions)) {
      changed.push(...(await manager.query<EntityKey[]>(statements.KEEP, [organizationId, ...rowsOf(batch)])));
    }
    return changed;
  }

  private async forget(
    manager: EntityManager,
    organizationId: string,
    entities: readonly EntityKey[],
  ): Promise<EntityKey[]> {
    if (entities.length === 0) return [];
    const gone = inOneOrder(entities);
    if (gone.length > 1) await this.locks.removed(manager, organizationId, gone);
    return manager.query<EntityKey[]>(statements.REMOVE, [organizationId, ...columnsOf(gone)]);
  }
}
