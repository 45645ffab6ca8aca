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
import { Gathering } from './gathering';
import { batchesOf, busiestFirst, rowsOf, targetsOf, type EntityRow, type ReferenceRow } from './index-rows';
import * as statements from './index-statements';

/** Organizations that a process remembers; it asks again about others. */
const MOST_REMEMBERED = 10_000;

export interface GraphRows {
  revision: number;
  entities: readonly EntityRow[];
  references: readonly ReferenceRow[];
}

/** The graph of each organization, in tables. An organization's is computed when it is first asked for or changed. */
@Injectable()
export class DatabaseDependencyIndex extends DependencyIndex {
  /** Organizations of which this process knows that their graph is kept. */
  private readonly begun = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  /** Transactions that began a graph: whether it stays is not known before they end. */
  private readonly beginning = new WeakSet<EntityManager>();
  private readonly gatherings = new AsyncLocalStorage<Gathering>();

  constructor(
    private readonly database: Database,
    private readonly contributors: Contributors,
  ) {
    super();
  }

  async keep(organizationId: string, contributions: readonly Contribution[]): Promise<void> {
    const gathering = this.gatheringOf(organizationId);
    if (gathering) gathering.keep(contributions);
    else await this.change(organizationId, contributions, []);
  }

  async remove(organizationId: string, entities: readonly EntityKey[]): Promise<void> {
    const gathering = this.gatheringOf(organizationId);
    if (gathering) gathering.remove(entities);
    else await this.change(organizationId, [], entities);
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
      await this.lock(manager, organizationId, guarded);
      const { type, key, branch = false } = guarded;
      return manager.query<(Omit<Dependent, 'weight'> & { key: string })[]>(statements.DEPENDENTS, [
        organizationId,
        type,
        key,
        branch,
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
   * unweighed. Nobody can begin to meanwhile, but for paths: whoever names one does so also while nothing is there.
   */
  dependentsOfAll(
    organizationId: string,
    entities: readonly EntityKey[],
    others: readonly EntityKey[],
  ): Promise<Dependent[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      await manager.query(statements.LOCK_ALL, [organizationId, ...columnsOf(entities)]);
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
      const [row] = await manager.query<[Omit<GraphRows, 'revision'> & { revision: string }]>(statements.GRAPH, [
        organizationId,
      ]);
      return { ...row, revision: Number(row.revision) };
    });
  }

  private gatheringOf(organizationId: string): Gathering | undefined {
    const gathering = this.gatherings.getStore();
    return gathering?.organizationId === organizationId ? gathering : undefined;
  }

  private async flush(gathering: Gathering): Promise<void> {
    const { kept, removed } = gathering.take();
    if (kept.length + removed.length > 0) await this.change(gathering.organizationId, kept, removed);
  }

  private change(organizationId: string, kept: readonly Contribution[], removed: readonly EntityKey[]): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await this.ensureBegun(manager, organizationId);
      const changes =
        (await this.forget(manager, organizationId, removed)) + (await this.write(manager, organizationId, kept));
      if (changes > 0) await manager.query(statements.COUNT_UP, [organizationId]);
    });
  }

  private async ensureBegun(manager: EntityManager, organizationId: string): Promise<void> {
    if (this.begun.has(organizationId)) return;
    const [first] = await manager.query<unknown[]>(statements.BEGIN, [organizationId]);
    if (first) {
      this.beginning.add(manager);
      await this.write(manager, organizationId, await this.contributors.all(organizationId));
    } else if (!this.beginning.has(manager)) {
      this.begun.set(organizationId, true);
    }
  }

  /** Answers how many rows are others now. */
  private async write(
    manager: EntityManager,
    organizationId: string,
    contributions: readonly Contribution[],
  ): Promise<number> {
    let changes = 0;
    for (const batch of batchesOf(contributions)) {
      const [row] = await manager.query<[{ count: string }]>(statements.KEEP, [organizationId, ...rowsOf(batch)]);
      changes += Number(row.count);
    }
    // After all of them, since they may refer to each other.
    await this.lockTargets(manager, organizationId, contributions);
    return changes;
  }

  private async forget(
    manager: EntityManager,
    organizationId: string,
    entities: readonly EntityKey[],
  ): Promise<number> {
    if (entities.length === 0) return 0;
    const [row] = await manager.query<[{ count: string }]>(statements.REMOVE, [organizationId, ...columnsOf(entities)]);
    return Number(row.count);
  }

  /** Whoever is about to take one of the targets away waits for the end of this transaction, and finds the references. */
  private async lockTargets(manager: EntityManager, organizationId: string, contributions: readonly Contribution[]) {
    const { types, keys } = targetsOf(contributions);
    if (keys.length === 0) return;
    const targets = types.map((type) => ({ type }));
    await this.lockTypes(manager, organizationId, targets, statements.SHARE_TYPE);
    await manager.query(statements.LOCK_TARGETS, [organizationId, types, keys]);
  }

  /** Whoever is about to refer to it waits for the end of this transaction. */
  private async lock(manager: EntityManager, organizationId: string, { type, key }: Guarded): Promise<void> {
    await this.lockTypes(manager, organizationId, [{ type }], statements.LOCK_TYPE);
    await manager.query(statements.LOCK, [organizationId, type, key]);
    await manager.query(statements.LOCK_PARTS, [organizationId, type, key]);
  }

  /** Of those types whose entities are named by paths, in one order everywhere. */
  private async lockTypes(
    manager: EntityManager,
    organizationId: string,
    entities: readonly Pick<EntityKey, 'type'>[],
    statement: string,
  ): Promise<void> {
    for (const type of [...new Set(entities.map(({ type }) => type))].sort()) {
      if (this.contributors.isNamedByPath(type)) await manager.query(statement, [organizationId, type]);
    }
  }
}

const columnsOf = (keys: readonly EntityKey[]) => [keys.map(({ type }) => type), keys.map(({ key }) => key)] as const;
