import { Injectable } from '@nestjs/common';
import { isId, newId, notFound, Page } from '#kernel';
import { Database, staleVersion, type PageRequest } from '#platform/database';
import type { FindOptionsOrder, QueryDeepPartialEntity } from 'typeorm';
import { OAuthClient } from './oauth-client.entity';

@Injectable()
export class OAuthClientsRepository {
  constructor(private readonly database: Database) {}

  page(
    { page, limit, search }: PageRequest & { search?: string },
    order: FindOptionsOrder<OAuthClient>,
  ): Promise<Page<OAuthClient>> {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(OAuthClient, 'client');
      if (search) query.where('strpos(lower(client.name), lower(:search)) > 0', { search });
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

  /** @throws DomainError `precondition_failed` when it is no longer at that version. */
  async update({ id, version }: OAuthClient, change: QueryDeepPartialEntity<OAuthClient>): Promise<OAuthClient> {
    return this.database.asSystem(async (manager) => {
      const { affected } = await manager.update(OAuthClient, { id, version }, { ...change, version: version + 1 });
      if (affected === 0) throw staleVersion();
      return this.get(id);
    });
  }
}
