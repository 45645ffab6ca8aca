import { DomainError, isId, newId, notFound, Page } from '#kernel';
import type { EntityTarget, FindOptionsOrder, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Database } from './database';

/** A row of configuration: owned by one organization, counted up by every change. */
export interface OrganizationOwned extends ObjectLiteral {
  id: string;
  organizationId: string;
  version: number;
}

export interface PageRequest {
  page: number;
  limit: number;
}

/**
 * What every repository of configuration needs; anything more is a query of its own in the subclass.
 * The organization comes first in every method and goes into every query.
 */
export abstract class OrganizationRepository<E extends OrganizationOwned> {
  protected constructor(
    protected readonly database: Database,
    private readonly entity: EntityTarget<E>,
    /** The entity's name as callers know it: `Topic` in `Topic not found`. */
    private readonly label: string,
  ) {}

  /** @throws DomainError `not_found` also for ids that are none, and for rows of other organizations. */
  async get(organizationId: string, id: string): Promise<E> {
    if (!isId(id)) throw notFound(this.label);
    return this.getBy(organizationId, { id } as FindOptionsWhere<E>);
  }

  async getBy(organizationId: string, where: FindOptionsWhere<E>): Promise<E> {
    const row = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOneBy(this.entity, { ...where, organizationId }),
    );
    if (!row) throw notFound(this.label);
    return row;
  }

  async page(
    organizationId: string,
    request: PageRequest,
    where: FindOptionsWhere<E>,
    order: FindOptionsOrder<E>,
  ): Promise<Page<E>> {
    const { page, limit } = request;
    const [data, total] = await this.database.inOrganization(organizationId, (manager) =>
      manager.findAndCount(this.entity, {
        where: { ...where, organizationId },
        order,
        skip: (page - 1) * limit,
        take: limit,
      }),
    );
    return new Page(data, { page, limit, total });
  }

  async insert(organizationId: string, values: QueryDeepPartialEntity<E>): Promise<E> {
    const row = { id: newId(), ...values, organizationId } as QueryDeepPartialEntity<E> & { id: string };
    await this.database.inOrganization(organizationId, (manager) => manager.insert(this.entity, row));
    return this.get(organizationId, row.id);
  }

  /** Changes the row if it is still at that version. @throws DomainError `precondition_failed` when it is not. */
  async update(organizationId: string, id: string, version: number, change: QueryDeepPartialEntity<E>): Promise<E> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const where = { id, organizationId, version } as FindOptionsWhere<E>;
      const { affected } = await manager.update(this.entity, where, { ...change, version: version + 1 });
      if (affected === 0) throw staleVersion();
      return this.get(organizationId, id);
    });
  }

  async delete(organizationId: string, id: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.delete(this.entity, { id, organizationId }),
    );
  }
}

export const staleVersion = (): DomainError =>
  new DomainError('precondition_failed', 'It has been changed meanwhile; read it again');

/** What the caller says to have seen of a row: one version, any of several, or nothing. */
export type SeenVersion = number | readonly number[] | undefined;

/** Compares the caller's `If-Match` with the row as loaded. @throws DomainError `precondition_failed`. */
export function requireVersion(row: { version: number }, ifMatch: SeenVersion): void {
  if (ifMatch !== undefined && ![ifMatch].flat().includes(row.version)) throw staleVersion();
}
