import { Injectable } from '@nestjs/common';
import { isId, newId, notFound, Page } from '#kernel';
import { Database, type PageRequest } from '#platform/database';
import type { FindOptionsOrder, QueryDeepPartialEntity } from 'typeorm';
import { OAuthClient } from './oauth-client.entity';

const FOUND = ['name', 'clientId', 'description']
  .map((field) => `strpos(lower(coalesce(client.${field}, '')), lower(:search)) > 0`)
  .join(' OR ');

@Injectable()
export class OAuthClientsRepository {
  constructor(private readonly database: Database) {}

  page(
    { page, limit, search, enabled }: PageRequest & { search?: string; enabled?: boolean },
    order: FindOptionsOrder<OAuthClient>,
  ): Promise<Page<OAuthClient>> {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(OAuthClient, 'client');
      if (enabled !== undefined) query.andWhere('client.enabled = :enabled', { enabled });
      if (search) query.andWhere(`(${FOUND})`, { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`client.${field}`, direction as 'ASC');
      query.addOrderBy('client.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  /** @throws DomainError `not_found` */
  async get(id: string): Promise<OAuthClient> {
    const client = isId(id)
      ? await this.database.asSystem((manager) => manager.findOneBy(OAuthClient, { id }))
      : undefined;
    if (!client) throw notFound('OAuth2 client');
    return client;
  }

  /** One that stays as it is until the transaction ends. @throws DomainError `not_found` */
  lock(id: string): Promise<OAuthClient> {
    return this.database.asSystem(async (manager) => {
      const client = isId(id)
        ? await manager.findOne(OAuthClient, { where: { id }, lock: { mode: 'pessimistic_write' } })
        : undefined;
      if (!client) throw notFound('OAuth2 client');
      return client;
    });
  }

  /** One that may get tokens; disabled clients are as good as unknown. */
  async findEnabled(clientId: string): Promise<OAuthClient | null> {
    // Whatever a stranger sends gets here, and PostgreSQL has no such text.
    if (clientId.includes('\0')) return null;
    return this.database.asSystem((manager) => manager.findOneBy(OAuthClient, { clientId, enabled: true }));
  }

  async insert(values: QueryDeepPartialEntity<OAuthClient>): Promise<OAuthClient> {
    const id = newId();
    await this.database.asSystem((manager) => manager.insert(OAuthClient, { ...values, id }));
    return this.get(id);
  }

  /** Of a client that is locked. */
  async update({ id, version }: OAuthClient, change: QueryDeepPartialEntity<OAuthClient>): Promise<OAuthClient> {
    return this.database.asSystem(async (manager) => {
      await manager.update(OAuthClient, { id }, { ...change, version: version + 1 });
      return this.get(id);
    });
  }

  async delete({ id }: OAuthClient): Promise<void> {
    await this.database.asSystem((manager) => manager.delete(OAuthClient, { id }));
  }
}
