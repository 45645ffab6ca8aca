import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Membership, Organization } from '#organizations';
import { AuditTrail } from '#platform/audit';
import type { Config } from '#platform/config';
import { hashPassword } from '#platform/crypto';
import { Database } from '#platform/database';
import { IsNull, type EntityManager } from 'typeorm';
import { normalPassword } from '../passwords/password-rules';
import { normalEmail } from './active-user';
import { readablePassword } from './readable-password';
import { SigningKeys } from '../oauth/signing-keys';
import { User } from './user.entity';

const FIRST_START_LOCK = 7_243_010;

export interface FirstStartResult {
  /** The first organization. */
  organizationId: string;
  /** The first system administrator. */
  adminEmail: string;
  /** The password that was made up, on the one start that made it. */
  newAdminPassword?: string;
}

/** Makes an empty instance usable: an organization, somebody who may do everything, and a key to sign tokens with. */
@Injectable()
export class FirstStart {
  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
    private readonly audit: AuditTrail,
  ) {}

  /** Idempotent, also for processes that start together. */
  ensure(admin: Config['admin']): Promise<FirstStartResult> {
    return this.database.asSystem(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [FIRST_START_LOCK]);
      await this.keys.ensure();
      return (await found(manager)) ?? (await this.create(manager, admin));
    });
  }

  private async create(manager: EntityManager, admin: Config['admin']): Promise<FirstStartResult> {
    const newAdminPassword = admin.password === undefined ? readablePassword() : undefined;
    const organization = { id: newId(), name: 'Default', mqttPrefix: '' };
    const user = {
      id: newId(),
      email: normalEmail(admin.email),
      passwordHash: await hashPassword(normalPassword(admin.password ?? newAdminPassword!)),
      firstName: 'System',
      lastName: 'Administrator',
      systemAdmin: true,
    };
    await manager.insert(Organization, organization);
    await manager.insert(User, user);
    await manager.insert(Membership, { organizationId: organization.id, userId: user.id, role: 'admin' });
    const madeOrganization = { type: 'organization', id: organization.id, name: organization.name };
    const organizationId = organization.id;
    await this.audit.record({ action: 'organization.create', organizationId, entity: madeOrganization });
    const madeUser = { type: 'user', id: user.id, name: user.email };
    await this.audit.record({ action: 'user.create', entity: madeUser, details: { systemAdmin: true } });
    return {
      organizationId: organization.id,
      adminEmail: user.email,
      ...(newAdminPassword !== undefined && { newAdminPassword }),
    };
  }
}

async function found(manager: EntityManager): Promise<FirstStartResult | undefined> {
  const order = { createdAt: 'ASC', id: 'ASC' } as const;
  const [organization] = await manager.find(Organization, { where: { deletedAt: IsNull() }, order, take: 1 });
  const [user] = await manager.find(User, { where: { systemAdmin: true, deletedAt: IsNull() }, order, take: 1 });
  return organization && user && { organizationId: organization.id, adminEmail: user.email };
}
