import { Injectable } from '@nestjs/common';
import { isId, notFound, Page, type Actor, type Role } from '#kernel';
import { Database, type PageRequest } from '#platform/database';
import { OrganizationResolver, parseSort, type ListQuery } from '#platform/http';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { toOrganizationView, type OrganizationView } from './dto/organization.dto';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

/** Somebody's own organizations are few; a system administrator has all, of which sign-in names this many. */
const MOST_NAMED = 200;

/** An organization as those who belong to it first hear of it. */
export interface OwnOrganization {
  id: string;
  name: string;
  role: Role;
}

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly database: Database,
    private readonly resolver: OrganizationResolver,
  ) {}

  /** The organizations somebody may work in, by name. */
  ofUser(user: { id: string; systemAdmin: boolean }, only?: readonly string[]): Promise<OwnOrganization[]> {
    return this.database.asSystem(async (manager) => {
      const actor = { userId: user.id, systemAdmin: user.systemAdmin, organizationIds: only };
      const query = visibleTo(actor, manager).orderBy('organization.name').addOrderBy('organization.id');
      const { entities, raw } = await query.limit(MOST_NAMED).getRawAndEntities<{ role: Role | null }>();
      return entities.map(({ id, name }, index) => ({ id, name, role: raw[index]!.role ?? 'admin' }));
    });
  }

  async list(actor: Actor, query: ListQuery): Promise<Page<OrganizationView>> {
    const order = parseSort(query.sort, SORTABLE, 'name');
    const { data, meta } = await this.page(actor, query, order);
    return new Page(data.map(toOrganizationView), meta);
  }

  /** @throws DomainError `forbidden` as for every use of an organization; `not_found` for ids that are none. */
  async get(actor: Actor, id: string): Promise<OrganizationView> {
    if (!isId(id)) throw notFound('Organization');
    const { organizationId } = await this.resolver.resolve(actor, id.toLowerCase());
    return this.database.inOrganization(organizationId, async (manager) =>
      toOrganizationView(await manager.findOneByOrFail(Organization, { id: organizationId })),
    );
  }

  private page(
    actor: Actor,
    { page, limit, search }: PageRequest & { search?: string },
    order: Partial<Record<(typeof SORTABLE)[number], 'ASC' | 'DESC'>>,
  ): Promise<Page<Organization>> {
    return this.database.asSystem(async (manager) => {
      const query = visibleTo(actor, manager);
      if (search) query.andWhere('strpos(lower(organization.name), lower(:search)) > 0', { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`organization.${field}`, direction);
      query.addOrderBy('organization.id').offset((page - 1) * limit);
      const [data, total] = await query.limit(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }
}

/** One's own organizations, all for system administrators; those alone that the credential is confined to. */
function visibleTo(
  { userId, systemAdmin, organizationIds }: Pick<Actor, 'userId' | 'systemAdmin' | 'organizationIds'>,
  manager: EntityManager,
): SelectQueryBuilder<Organization> {
  const query = manager
    .createQueryBuilder(Organization, 'organization')
    .leftJoin(Membership, 'own', 'own.organizationId = organization.id AND own.userId = :userId', { userId })
    .addSelect('own.role', 'role');
  query.where(systemAdmin ? 'true' : 'own.userId IS NOT NULL');
  if (organizationIds) query.andWhere('organization.id = ANY(:organizationIds)', { organizationIds });
  return query;
}
