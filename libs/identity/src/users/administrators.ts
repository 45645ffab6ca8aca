import { Injectable } from '@nestjs/common';
import { invalid } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { hashPassword } from '#platform/crypto';
import { Database } from '#platform/database';
import { commonPasswords } from '../passwords/common-passwords';
import { normalPassword, passwordProblem } from '../passwords/password-rules';
import { normalEmail } from './active-user';
import { readablePassword } from './readable-password';
import { UserAccess } from './user-access';
import type { User } from './user.entity';
import { UsersRepository } from './users.repository';

export interface EnsuredAdministrator {
  email: string;
  /** Whether there was nobody with that address. */
  isNew: boolean;
  /** Where one was made up. */
  newPassword?: string;
}

const NAMES = { firstName: 'System', lastName: 'Administrator' };

/** The way back in for those who are locked out. For the command line alone: whoever calls it owns the database. */
@Injectable()
export class Administrators {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly access: UserAccess,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Makes the user with that address an active system administrator with that password, or a new one. Sessions and tokens
   * that there were end.
   * @param password one is made up where none is given.
   * @throws DomainError `bad_request` for a password that breaks the rules, and an address that is none.
   */
  async ensure(address: string, password?: string): Promise<EnsuredAdministrator> {
    const email = normalEmail(address);
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw invalid({ field: 'email', message: 'Email must be an e-mail address' });
    const newPassword = password === undefined ? readablePassword() : undefined;
    const chosen = password ?? newPassword!;
    const problem = passwordProblem(chosen, { email, ...NAMES }, await commonPasswords());
    if (problem !== undefined) throw invalid({ field: 'password', message: `Password ${problem}` });
    const passwordHash = await hashPassword(normalPassword(chosen));
    const isNew = await this.database.asSystem(async () => {
      const found = await this.users.findByEmail(email);
      const user = found ? await this.restore(found, passwordHash) : await this.create(email, passwordHash);
      const entity = { type: 'user', id: user.id, name: email };
      await this.audit.record({ action: 'user.make-administrator', entity, details: { from: 'command line' } });
      return !found;
    });
    return { email, isNew, ...(newPassword !== undefined && { newPassword }) };
  }

  private create(email: string, passwordHash: string): Promise<User> {
    return this.users.insert({ email, passwordHash, ...NAMES, systemAdmin: true, createdBy: null });
  }

  private async restore(user: User, passwordHash: string): Promise<User> {
    await this.access.end(user.id, { tokens: true });
    const standing = { systemAdmin: true, status: 'active', statusReason: null } as const;
    return this.users.update(user, { ...standing, passwordHash, passwordChangeRequired: false });
  }
}
