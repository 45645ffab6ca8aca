import { Injectable } from '@nestjs/common';
import type { Role } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { In, IsNull, type EntityManager } from 'typeorm';
import { Membership } from './membership.entity';
import { Organization } from '../organization.entity';

/** Memberships that somebody outside gives and takes: a company's own provider, by the roles people have there. */
export interface ManagedRolesRequest {
  user: { id: string; email: string };
  /** Whoever gives them, for the trail. */
  source: string;
  /** The role in each organization, as it is to be. */
  roles: ReadonlyMap<string, Role>;
  /** The organizations where the membership was given so before. */
  managed: readonly string[];
}

@Injectable()
export class ManagedRoles {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** Those of the organizations that do not exist. */
  async unknownOrganizations(ids: readonly string[]): Promise<string[]> {
    const wanted = [...new Set(ids.map((id) => id.toLowerCase()))];
    const known = await this.database.asSystem((manager) =>
      manager.find(Organization, { select: { id: true }, where: { id: In(wanted), deletedAt: IsNull() } }),
    );
    return wanted.filter((id) => !known.some((organization) => organization.id === id));
  }

  /**
   * Gives, changes and takes memberships, in the caller's transaction. Leaves alone what was given by hand, and the
   * last admin of an organization. Gives the organizations whose membership is managed from now on.
   */
  set({ user, source, roles, managed }: ManagedRolesRequest): Promise<string[]> {
    return this.database.asSystem(async (manager) => {
      const ids = await lock(manager, [...new Set([...roles.keys(), ...managed])]);
      const nowManaged: string[] = [];
      for (const organizationId of ids) {
        const key = { organizationId, userId: user.id };
        const from = (await manager.findOneBy(Membership, key))?.role;
        if (from !== undefined && !managed.includes(organizationId)) continue;
        let to = roles.get(organizationId);
        const lastAdmin = from === 'admin' && to !== 'admin' && (await isLastAdmin(manager, key));
        if (lastAdmin) to = 'admin';
        if (to !== undefined) nowManaged.push(organizationId);
        if (from === to) {
          if (lastAdmin) await this.note('keep', user, source, organizationId, { from, to });
          continue;
        }
        if (to === undefined) await manager.delete(Membership, key);
        else if (from === undefined) await manager.insert(Membership, { ...key, role: to });
        else await manager.update(Membership, key, { role: to, version: () => 'version + 1' });
        const verb = to === undefined ? 'delete' : from === undefined ? 'create' : 'update';
        await this.note(verb, user, source, organizationId, { from, to });
      }
      return nowManaged;
    });
  }

  private note(
    verb: 'create' | 'update' | 'delete' | 'keep',
    { id, email }: { id: string; email: string },
    source: string,
    organizationId: string,
    { from = null, to = null }: { from: Role | null | undefined; to: Role | null | undefined },
  ): Promise<void> {
    return this.audit.record({
      action: `member.${verb}`,
      entity: { type: 'user', id, name: email },
      actor: { userId: id, email },
      organizationId,
      ...(verb === 'keep'
        ? { details: { source, reason: 'the last admin' } }
        : { changes: { role: { from, to } }, details: { source } }),
    });
  }
}

/** The organizations that exist, in one order for all, so that two at once cannot each take away the other admin. */
async function lock(manager: EntityManager, ids: string[]): Promise<string[]> {
  const statement = 'SELECT id FROM organizations WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR UPDATE';
  const rows = await manager.query<{ id: string }[]>(statement, [ids]);
  return rows.map(({ id }) => id);
}

const isLastAdmin = async (
  manager: EntityManager,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM memberships WHERE organization_id = $1 AND user_id <> $2 AND role = 'admin' LIMIT 1`,
    [organizationId, userId],
  );
  return rows.length === 0;
};
