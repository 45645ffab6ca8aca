import { Injectable } from '@nestjs/common';
import { conflict, isId, notFound, Page } from '#kernel';
import { Database, isUniqueViolation, staleVersion, type PageRequest } from '#platform/database';
import type { FindOptionsOrder, QueryDeepPartialEntity } from 'typeorm';
import { IdentityProviderLink } from './identity-provider-link.entity';
import { SLUG } from './identity-provider.dto';
import { IdentityProvider } from './identity-provider.entity';

/** A sign-in page with more ways in than this would help nobody. */
const MOST_OFFERED = 50;

@Injectable()
export class IdentityProvidersRepository {
  constructor(private readonly database: Database) {}

  page(
    { page, limit, search }: PageRequest & { search?: string },
    order: FindOptionsOrder<IdentityProvider>,
  ): Promise<Page<IdentityProvider>> {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(IdentityProvider, 'provider');
      if (search) query.where('strpos(lower(provider.name), lower(:search)) > 0', { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`provider.${field}`, direction as 'ASC');
      query.addOrderBy('provider.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  /** @throws DomainError `not_found` */
  async get(id: string): Promise<IdentityProvider> {
    const provider = isId(id)
      ? await this.database.asSystem((manager) => manager.findOneBy(IdentityProvider, { id }))
      : undefined;
    if (!provider) throw notFound('Identity provider');
    return provider;
  }

  /** One through which people may sign in. @throws DomainError `not_found`, also for one that is disabled. */
  async getEnabled(slug: string): Promise<IdentityProvider> {
    const provider = SLUG.test(slug)
      ? await this.database.asSystem((manager) => manager.findOneBy(IdentityProvider, { slug, enabled: true }))
      : undefined;
    if (!provider) throw notFound('Identity provider');
    return provider;
  }

  /** Those that the sign-in page offers, by name. */
  enabled(): Promise<IdentityProvider[]> {
    return this.database.asSystem((manager) =>
      manager.find(IdentityProvider, {
        where: { enabled: true },
        order: { name: 'ASC', id: 'ASC' },
        take: MOST_OFFERED,
      }),
    );
  }

  countLinks(providerId: string): Promise<number> {
    return this.database.asSystem((manager) => manager.countBy(IdentityProviderLink, { providerId }));
  }

  /** @throws DomainError `conflict` for a slug that is taken. */
  async insert(values: QueryDeepPartialEntity<IdentityProvider> & { id: string }): Promise<IdentityProvider> {
    try {
      await this.database.asSystem((manager) => manager.insert(IdentityProvider, values));
    } catch (error) {
      if (isUniqueViolation(error, 'identity_providers_slug_key')) throw conflict('Slug is already taken');
      throw error;
    }
    return this.get(values.id);
  }

  /** @throws DomainError `precondition_failed` when it is no longer at that version. */
  update(
    { id, version }: IdentityProvider,
    change: QueryDeepPartialEntity<IdentityProvider>,
  ): Promise<IdentityProvider> {
    return this.database.asSystem(async (manager) => {
      const { affected } = await manager.update(IdentityProvider, { id, version }, { ...change, version: version + 1 });
      if (affected === 0) throw staleVersion();
      return this.get(id);
    });
  }

  /** With its links. @throws DomainError `precondition_failed` when it is no longer at that version. */
  async delete({ id, version }: IdentityProvider): Promise<void> {
    const { affected } = await this.database.asSystem((manager) => manager.delete(IdentityProvider, { id, version }));
    if (affected === 0) throw staleVersion();
  }
}
