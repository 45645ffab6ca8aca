import type { Contribution, EntityKey } from '#platform/dependencies';
import type { EntityManager } from 'typeorm';
import type { Contributors } from './contributors';
import { columnsOf, targetsOf } from './index-rows';
import * as statements from './index-statements';

/** Who holds what of the graph until the end of a transaction. */
export class IndexLocks {
  constructor(private readonly contributors: Contributors) {}

  /**
   * Whoever is about to take one of the targets away waits, and finds the references then. Answers which of those that are
   * named by ids are there.
   */
  async targets(
    manager: EntityManager,
    organizationId: string,
    contributions: readonly Contribution[],
  ): Promise<EntityKey[]> {
    const targets = targetsOf(contributions);
    await this.types(manager, organizationId, targets, statements.SHARE_TYPE);
    const named = this.contributors.namedById(targets);
    if (named.length === 0) return [];
    return manager.query<EntityKey[]>(statements.LOCK_TARGETS, [organizationId, ...columnsOf(named)]);
  }

  /** Whoever is about to refer to it waits. */
  async guarded(manager: EntityManager, organizationId: string, { type, key }: EntityKey): Promise<void> {
    await this.types(manager, organizationId, [{ type }], statements.LOCK_TYPE);
    await manager.query(statements.LOCK, [organizationId, type, key]);
    await manager.query(statements.LOCK_PARTS, [organizationId, type, key]);
  }

  /** The same for several, in the order of those who refer to them. */
  async removed(manager: EntityManager, organizationId: string, entities: readonly EntityKey[]): Promise<void> {
    await manager.query(statements.LOCK_REMOVED, [organizationId, ...columnsOf(entities)]);
  }

  /** Of those types whose entities are named by paths, in one order everywhere. */
  private async types(
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
