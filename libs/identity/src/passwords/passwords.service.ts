import { Injectable } from '@nestjs/common';
import { conflict, invalid } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { fieldTitle } from '#platform/http';
import { PasswordCheck } from '../sign-in/password-check';
import { UserAccess } from '../users/user-access';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';
import { commonPasswords } from './common-passwords';
import { passwordProblem, type PasswordOwner } from './password-rules';

/** Passwords that people choose: only those that keep the rules are taken. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly check: PasswordCheck,
    private readonly access: UserAccess,
    private readonly audit: AuditTrail,
  ) {}

  /** The hash to keep. @throws DomainError `bad_request` naming the rule that the field breaks; `unavailable` under a flood. */
  async accept(field: string, password: string, owner: PasswordOwner): Promise<string> {
    const problem = passwordProblem(password, owner, await commonPasswords());
    if (problem !== undefined) throw invalid({ field, message: `${fieldTitle(field)} ${problem}` });
    return this.check.inTurn(() => this.check.hash(password));
  }

  /**
   * Somebody changes their own password, having proved the one before. Ends their sessions, except one to be kept, and
   * what they granted to applications; personal access tokens stay, since machines use them.
   * @throws DomainError `bad_request`; `conflict` when the user was changed in between.
   */
  async change(user: User, newPassword: string, keptSession?: string): Promise<User> {
    const passwordHash = await this.accept('newPassword', newPassword, user);
    if (await this.check.inTurn(() => this.check.matches(newPassword, user.passwordHash))) {
      throw invalid({ field: 'newPassword', message: 'New password must differ from the current one' });
    }
    const { changed, ended } = await this.database.asSystem(async () => {
      const changed = await this.users.replacePassword(user, { passwordHash, required: false, by: user.id });
      if (!changed) throw conflict('The user was changed in the meantime');
      const ended = await this.access.end(user.id, { exceptSession: keptSession });
      const entity = { type: 'user', id: user.id, name: user.email };
      const actor = { userId: user.id, email: user.email };
      await this.audit.record({ action: 'user.change-password', entity, actor, details: ended.counts });
      return { changed, ended };
    });
    this.access.forget(ended);
    return changed;
  }
}
