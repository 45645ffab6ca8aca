import { Injectable } from '@nestjs/common';
import type { Actor, Member, Role } from '#kernel';
import { BriefCache } from '#platform/cache';
import { Database } from '#platform/database';
import { OrganizationResolver } from '#platform/http';
import { toMember, type Standing, type StandingOptions } from './standing';

const MAX_CACHED = 20_000;

interface StandingRow extends Omit<Standing, 'role'> {
  role: Role | null;
}

/** Who belongs to which organization. Read anew twice a second for each pair of them that is in use. */
@Injectable()
export class MembershipService extends OrganizationResolver {
  private readonly standings = new BriefCache<Standing | undefined>(MAX_CACHED);

  constructor(private readonly database: Database) {
    super();
  }

  async resolve(actor: Actor, organizationId: string, options?: StandingOptions): Promise<Member> {
    const key = `${actor.userId}/${organizationId}`;
    const standing = await this.standings.get(key, () => this.read(actor.userId, organizationId));
    return toMember(actor, organizationId, standing, new Date(), options);
  }

  private read(userId: string, organizationId: string): Promise<Standing | undefined> {
    return this.database.asSystem(async (manager) => {
      const rows: StandingRow[] = await manager.query(
        `SELECT o.status, o.maintenance, m.role FROM organizations o
         LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = $2
         WHERE o.id = $1 AND o.deleted_at IS NULL`,
        [organizationId, userId],
      );
      const [row] = rows;
      return row && { ...row, role: row.role ?? undefined };
    });
  }
}
