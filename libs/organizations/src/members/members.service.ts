import { Injectable } from '@nestjs/common';
import { conflict, invalid, isId, notFound, Page, type Member, type Role } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import type { ListQuery } from '#platform/http';
import type { EntityManager } from 'typeorm';
import { Organization } from '../organization.entity';
import { toMemberView, type AddMember, type MemberView } from './member.dto';
import { Membership } from './membership.entity';
import { UserDirectory, type DirectoryUser } from './user-directory';

/** Who belongs to an organization, and as what. Changes act on live credentials within a second. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: Database,
    private readonly users: UserDirectory,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId }: Member, query: ListQuery): Promise<Page<MemberView>> {
    const memberships = await this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(Membership, { organizationId }),
    );
    const byUser = new Map(memberships.map((membership) => [membership.userId, membership]));
    const { data, meta } = await this.users.page([...byUser.keys()], query);
    return new Page(
      data.map((user) => toMemberView(user, byUser.get(user.id)!)),
      meta,
    );
  }

  /**
   * @throws DomainError `not_found` for somebody without an account: whoever may add members may know who has one;
   * `conflict` for a member.
   */
  async add(member: Member, { userId, email, role }: AddMember): Promise<MemberView> {
    if ((userId === undefined) === (email === undefined)) {
      throw invalid({ field: 'userId', message: 'Either user id or email is required' });
    }
    const user = userId === undefined ? await this.users.findByEmail(email!) : await this.users.find(userId);
    if (!user) throw notFound('User');
    const { organizationId } = member;
    return this.changing(organizationId, async (manager) => {
      const known = await manager.existsBy(Membership, { organizationId, userId: user.id });
      if (known) throw conflict('The user is a member already');
      await manager.insert(Membership, { organizationId, userId: user.id, role });
      await this.record('create', organizationId, user, { to: role });
      return toMemberView(user, await find(manager, organizationId, user.id));
    });
  }

  /** @throws DomainError `conflict` for the last admin's own role; `precondition_failed`. */
  async change({ organizationId }: Member, userId: string, ifMatch: SeenVersion, role: Role): Promise<MemberView> {
    const user = await this.require(userId);
    return this.changing(organizationId, async (manager) => {
      const before = await find(manager, organizationId, userId);
      requireVersion(before, ifMatch);
      if (role !== 'admin') await requireAnotherAdmin(manager, before);
      const change = { role, version: before.version + 1 };
      await manager.update(Membership, { organizationId, userId: before.userId }, change);
      await this.record('update', organizationId, user, { from: before.role, to: role });
      return toMemberView(user, { ...before, ...change });
    });
  }

  /** @throws DomainError `conflict` for the last admin. */
  async remove({ organizationId }: Member, userId: string): Promise<void> {
    const user = await this.require(userId);
    await this.changing(organizationId, async (manager) => {
      const before = await find(manager, organizationId, userId);
      await requireAnotherAdmin(manager, before);
      await manager.delete(Membership, { organizationId, userId: before.userId });
      await this.record('delete', organizationId, user, { from: before.role });
    });
  }

  /** Deleted users stay members, and are brought back as such. */
  private async require(userId: string): Promise<DirectoryUser> {
    const user = isId(userId) ? await this.users.find(userId.toLowerCase()) : undefined;
    if (!user) throw notFound('Member');
    return user;
  }

  /** One change of an organization's members at a time, so that its admins cannot remove one another at once. */
  private changing<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await manager.findOne(Organization, { where: { id: organizationId }, lock: { mode: 'pessimistic_write' } });
      return work(manager);
    });
  }

  private record(
    verb: string,
    organizationId: string,
    { id, email }: DirectoryUser,
    { from, to }: { from?: Role; to?: Role },
  ): Promise<void> {
    return this.audit.record({
      action: `member.${verb}`,
      organizationId,
      entity: { type: 'user', id, name: email },
      changes: { role: { from: from ?? null, to: to ?? null } },
    });
  }
}

async function find(manager: EntityManager, organizationId: string, userId: string): Promise<Membership> {
  const membership = await manager.findOneBy(Membership, { organizationId, userId: userId.toLowerCase() });
  if (!membership) throw notFound('Member');
  return membership;
}

async function requireAnotherAdmin(manager: EntityManager, { organizationId, role }: Membership): Promise<void> {
  if (role !== 'admin') return;
  const admins = await manager.countBy(Membership, { organizationId, role: 'admin' });
  if (admins === 1) throw conflict('The organization needs an admin: make somebody else one first');
}
