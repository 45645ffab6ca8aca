import { Injectable } from '@nestjs/common';
import { isId, notFound, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { In } from 'typeorm';
import { Connection } from './connection.entity';

export interface ConnectionFilter {
  search?: string;
  protocol?: string;
  enabled?: boolean;
  /** `key`, or `key:value`. */
  label?: string;
}

@Injectable()
export class ConnectionsRepository extends OrganizationRepository<Connection> {
  constructor(database: Database) {
    super(database, Connection, 'Connection');
  }

  /**
   * The connection: until this transaction ends, no other one changes it or its functions.
   * @throws DomainError `not_found`
   */
  async hold(organizationId: string, id: string): Promise<Connection> {
    if (!isId(id)) throw notFound('Connection');
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOne(Connection, { where: { organizationId, id }, lock: { mode: 'for_no_key_update' } }),
    );
    if (!found) throw notFound('Connection');
    return found;
  }

  /** Those that exist of them. */
  byIds(organizationId: string, ids: readonly string[]): Promise<Connection[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(Connection, { organizationId, id: In(ids.filter(isId)) }),
    );
  }

  /** Every one of them. */
  names(organizationId: string): Promise<Pick<Connection, 'id' | 'name'>[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query('SELECT id, name FROM connections WHERE organization_id = $1', [organizationId]),
    );
  }

  /** By its name, whatever its case. */
  async named(organizationId: string, name: string): Promise<Connection | null> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager
        .createQueryBuilder(Connection, 'connection')
        .where({ organizationId })
        .andWhere('lower(connection.name) = lower(:name)', { name })
        .getOne(),
    );
  }

  /** What it is told to do is no change of its configuration: its version stays. */
  async setStopped(organizationId: string, id: string, stopped: boolean): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query('UPDATE connections SET stopped = $3 WHERE organization_id = $1 AND id = $2', [
        organizationId,
        id,
        stopped,
      ]),
    );
  }

  async count(organizationId: string): Promise<number> {
    return this.database.inOrganization(organizationId, (manager) => manager.countBy(Connection, { organizationId }));
  }

  /** The search is in names and descriptions. */
  search(
    organizationId: string,
    { page, limit, search, protocol, enabled, label }: PageRequest & ConnectionFilter,
    order: Partial<Record<string, 'ASC' | 'DESC'>>,
  ): Promise<Page<Connection>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager.createQueryBuilder(Connection, 'connection').where({
        organizationId,
        ...(protocol !== undefined && { protocol }),
        ...(enabled !== undefined && { enabled }),
      });
      if (search) {
        query.andWhere(
          `strpos(lower(connection.name || ' ' || coalesce(connection.description, '')), lower(:search)) > 0`,
          { search },
        );
      }
      const [key, value] = label?.split(/:(.*)/s) ?? [];
      if (key !== undefined && value === undefined) query.andWhere('jsonb_exists(connection.labels, :key)', { key });
      if (key !== undefined && value !== undefined)
        query.andWhere('connection.labels ->> :key = :value', { key, value });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`connection.${field}`, direction);
      query.addOrderBy('connection.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }
}
