import { Injectable } from '@nestjs/common';
import { isId, notFound, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { ConnectionFunction } from './connection-function.entity';

/** A function with the name of its connection. */
export type NamedFunction = Pick<ConnectionFunction, 'id' | 'name' | 'version' | 'type' | 'config' | 'parameters'> & {
  connectionId: string;
  connection: string;
};

const NAMED = `
  SELECT f.id, f.name, f.version, f.type, f.config, f.parameters, c.id AS "connectionId", c.name AS connection
  FROM connection_functions f JOIN connections c ON c.organization_id = f.organization_id AND c.id = f.connection_id
  WHERE f.organization_id = $1 AND f.id = ANY ($2::uuid[])`;

const NAMES = `
  SELECT f.id, f.name, c.id AS "connectionId", c.name AS connection
  FROM connection_functions f JOIN connections c ON c.organization_id = f.organization_id AND c.id = f.connection_id
  WHERE f.organization_id = $1`;

@Injectable()
export class FunctionsRepository extends OrganizationRepository<ConnectionFunction> {
  constructor(database: Database) {
    super(database, ConnectionFunction, 'Function');
  }

  /** @throws DomainError `not_found`, also for a function of another connection. */
  async getOf(organizationId: string, connectionId: string, id: string): Promise<ConnectionFunction> {
    if (!isId(id)) throw notFound('Function');
    return this.getBy(organizationId, { connectionId, id });
  }

  /** The search is in names. */
  search(
    organizationId: string,
    connectionId: string,
    { page, limit, search, type }: PageRequest & { search?: string; type?: string },
    order: Partial<Record<string, 'ASC' | 'DESC'>>,
  ): Promise<Page<ConnectionFunction>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager
        .createQueryBuilder(ConnectionFunction, 'function')
        .where({ organizationId, connectionId, ...(type !== undefined && { type }) });
      if (search) query.andWhere('strpos(lower(function.name), lower(:search)) > 0', { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`function.${field}`, direction);
      query.addOrderBy('function.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  count(organizationId: string, connectionId: string): Promise<number> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.countBy(ConnectionFunction, { organizationId, connectionId }),
    );
  }

  /** Those that exist of them. */
  withConnections(organizationId: string, ids: readonly string[]): Promise<NamedFunction[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query(NAMED, [organizationId, ids.filter(isId)]),
    );
  }

  /** Every one of the organization. */
  names(organizationId: string): Promise<Pick<NamedFunction, 'id' | 'name' | 'connectionId' | 'connection'>[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query(NAMES, [organizationId]));
  }

  /** Every function of a connection, the oldest first. */
  all(organizationId: string, connectionId: string): Promise<ConnectionFunction[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.find(ConnectionFunction, { where: { organizationId, connectionId }, order: { id: 'ASC' } }),
    );
  }
}
