import { Injectable } from '@nestjs/common';
import { conflict, forbidden, invalid, newId, Page, type Actor, type Member, type Role } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import {
  Database,
  isUniqueViolation,
  requireVersion,
  staleVersion,
  type PageRequest,
  type SeenVersion,
} from '#platform/database';
import { parseSort, type ListQuery } from '#platform/http';
import { IsNull, Not, type EntityManager, type QueryDeepPartialEntity, type SelectQueryBuilder } from 'typeorm';
import { Membership } from './members/membership.entity';
import { mqttPrefixProblem } from './mqtt-prefix';
import {
  toOrganizationView,
  type CreateOrganization,
  type OrganizationView,
  type UpdateOrganization,
} from './organization.dto';
import { Organization } from './organization.entity';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;
const AUDITED = ['name', 'description', 'mqttPrefix', 'status', 'suspendedReason'] as const;

/** Somebody's own organizations are few; a system administrator has all, of which sign-in names this many. */
const MOST_NAMED = 200;

const DELETE_LOCK = 7_243_020;

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
    private readonly audit: AuditTrail,
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

  /** Suspended ones are still there to read for system administrators. */
  get({ organizationId }: Member): Promise<OrganizationView> {
    return this.database.inOrganization(organizationId, async (manager) =>
      toOrganizationView(await find(manager, organizationId)),
    );
  }

  /** @throws DomainError `forbidden` for others than system administrators; `conflict` for a name that is taken. */
  create(actor: Actor, { name, description = null }: CreateOrganization): Promise<OrganizationView> {
    requireInstanceRight(actor);
    return naming(() =>
      this.database.asSystem(async (manager) => {
        const id = newId();
        await manager.insert(Organization, { id, name, description });
        await manager.insert(Membership, { organizationId: id, userId: actor.userId, role: 'admin' });
        const organization = await find(manager, id);
        await this.record('create', organization);
        return toOrganizationView(organization);
      }),
    );
  }

  /** @throws DomainError `forbidden` for a prefix by others than system administrators; `conflict`. */
  update(member: Member, ifMatch: SeenVersion, change: UpdateOrganization): Promise<OrganizationView> {
    const { mqttPrefix } = change;
    if (mqttPrefix !== undefined) requireInstanceRight(member);
    const problem = typeof mqttPrefix === 'string' ? mqttPrefixProblem(mqttPrefix) : undefined;
    if (problem) throw invalid({ field: 'mqttPrefix', message: problem });
    return this.change(member, ifMatch, 'update', () => ({ ...change }));
  }

  /** Turns everybody away, on all ways in, within a second. Suspending again changes the reason. */
  suspend(member: Member, ifMatch: SeenVersion, reason: string): Promise<OrganizationView> {
    requireInstanceRight(member);
    return this.change(member, ifMatch, 'suspend', () => ({ status: 'suspended', suspendedReason: reason }));
  }

  activate(member: Member, ifMatch: SeenVersion): Promise<OrganizationView> {
    requireInstanceRight(member);
    return this.change(member, ifMatch, 'activate', () => ({ status: 'active', suspendedReason: null }));
  }

  /**
   * Gone for everybody within a second; its rows are removed in the background.
   * @throws DomainError `conflict` for one that is active, unless forced.
   */
  async delete(member: Member, force: boolean): Promise<void> {
    requireInstanceRight(member);
    await this.database.asSystem(async (manager) => {
      const organization = await find(manager, member.organizationId);
      if (organization.status === 'active' && !force) {
        throw conflict('The organization is active: suspend it first, or delete it with force=true');
      }
      await requireAnother(manager, organization);
      const gone = { deletedAt: new Date(), mqttPrefix: null, version: organization.version + 1 };
      await manager.update(Organization, { id: organization.id }, gone);
      await this.record('delete', organization);
    });
  }

  private change(
    { organizationId }: Member,
    ifMatch: SeenVersion,
    verb: string,
    decide: () => QueryDeepPartialEntity<Organization>,
  ): Promise<OrganizationView> {
    const change = async (manager: EntityManager): Promise<OrganizationView> => {
      const before = await find(manager, organizationId);
      requireVersion(before, ifMatch);
      const values = { ...decide(), version: before.version + 1 };
      const { affected } = await manager.update(Organization, { id: before.id, version: before.version }, values);
      if (affected === 0) throw staleVersion();
      const after = await find(manager, organizationId);
      await this.record(verb, after, before);
      return toOrganizationView(after);
    };
    return naming(() => this.database.inOrganization(organizationId, change));
  }

  private record(verb: string, organization: Organization, before?: Organization): Promise<void> {
    const { id, name } = organization;
    return this.audit.record({
      action: `organization.${verb}`,
      organizationId: id,
      entity: { type: 'organization', id, name },
      ...(before && { changes: changesBetween(before, organization, AUDITED) }),
    });
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

/** @throws DomainError `conflict` naming what another organization has already. */
async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error, 'organizations_name_key')) throw conflict('Name is taken by another organization');
    if (isUniqueViolation(error, 'organizations_mqtt_prefix_key')) {
      throw conflict('Mqtt prefix is taken by another organization');
    }
    throw error;
  }
}

/** A credential that is confined to organizations does not reach the instance, whoever holds it. */
function requireInstanceRight({ systemAdmin, organizationIds }: Actor): void {
  if (!systemAdmin || organizationIds) throw forbidden('Only system administrators may do this');
}

/** @throws DomainError `forbidden` when it was deleted meanwhile: as for one that never was. */
async function find(manager: EntityManager, id: string): Promise<Organization> {
  const organization = await manager.findOneBy(Organization, { id, deletedAt: IsNull() });
  if (!organization) throw forbidden('You are not a member of this organization');
  return organization;
}

/** An instance without any would be taken for a new one at its next start. Of two deleted at once, one waits here. */
async function requireAnother(manager: EntityManager, { id }: Organization): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [DELETE_LOCK]);
  const another = await manager.existsBy(Organization, { id: Not(id), deletedAt: IsNull() });
  if (!another) throw conflict('The last organization cannot be deleted');
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
  query.where('organization.deletedAt IS NULL').andWhere(systemAdmin ? 'true' : 'own.userId IS NOT NULL');
  if (organizationIds) query.andWhere('organization.id = ANY(:organizationIds)', { organizationIds });
  return query;
}
