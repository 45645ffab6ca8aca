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
const OLDEST = { createdAt: 'ASC', id: 'ASC' } as const;

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

  /** Makes what is missing. Idempotent, also for processes that start together. */
  ensure(admin: Config['admin']): Promise<FirstStartResult> {
    return this.database.asSystem(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [FIRST_START_LOCK]);
      await this.keys.ensure();
      const organization = await manager.findOne(Organization, { where: { deletedAt: IsNull() }, order: OLDEST });
      // The command line may have made one before anything was started.
      const found = await manager.findOne(User, { where: { systemAdmin: true, deletedAt: IsNull() }, order: OLDEST });
      const organizationId = organization?.id ?? (await this.createOrganization(manager));
      const made = found ? undefined : await this.createAdministrator(manager, admin);
      const { id: userId, email: adminEmail } = found ?? made!.user;
      if (!organization || !found) await manager.insert(Membership, { organizationId, userId, role: 'admin' });
      return { organizationId, adminEmail, ...(made?.newPassword && { newAdminPassword: made.newPassword }) };
    });
  }

  private async createOrganization(manager: EntityManager): Promise<string> {
    const organization = { id: newId(), name: 'Default', mqttPrefix: '' };
    await manager.insert(Organization, organization);
    const entity = { type: 'organization', id: organization.id, name: organization.name };
    await this.audit.record({ action: 'organization.create', organizationId: organization.id, entity });
    return organization.id;
  }

  private async createAdministrator(manager: EntityManager, admin: Config['admin']) {
    const newPassword = admin.password === undefined ? readablePassword() : undefined;
    const user = {
      id: newId(),
      email: normalEmail(admin.email),
      passwordHash: await hashPassword(normalPassword(admin.password ?? newPassword!)),
      firstName: 'System',
      lastName: 'Administrator',
      systemAdmin: true,
    };
    await manager.insert(User, user);
    const entity = { type: 'user', id: user.id, name: user.email };
    await this.audit.record({ action: 'user.create', entity, details: { systemAdmin: true } });
    return { user, newPassword };
  }
}
