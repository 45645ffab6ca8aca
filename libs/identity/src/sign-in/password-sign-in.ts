import { Injectable } from '@nestjs/common';
import { DomainError, invalid } from '#kernel';
import { AuditTrail, type AuditEntry } from '#platform/audit';
import { RateLimits } from '#platform/http';
import { PasswordsService } from '../passwords/passwords.service';
import { normalEmail } from '../users/active-user';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';
import { PasswordCheck } from './password-check';
import { SignInThrottle } from './sign-in-throttle';

export interface PasswordSignInRequest {
  email: string;
  password: string;
  /** Takes the password's place once that has proved right; needed where it must be changed. */
  newPassword?: string;
}

/** Finds out who somebody is by e-mail address and password: for the API and for the sign-in page alike. */
@Injectable()
export class PasswordSignIn {
  constructor(
    private readonly users: UsersRepository,
    private readonly check: PasswordCheck,
    private readonly passwords: PasswordsService,
    private readonly throttle: SignInThrottle,
    private readonly limits: RateLimits,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Counts the attempt, and takes the same time whoever it is about.
   * @throws DomainError `unauthenticated`, the same for an unknown user, a wrong password and one who may not sign in;
   * `too_many_requests` for too many attempts; `forbidden` with the detail `passwordChangeRequired` where only a new
   * password is missing; `bad_request` for a new one that breaks the rules.
   */
  async verify(request: PasswordSignInRequest, address: string): Promise<User> {
    const email = normalEmail(request.email);
    const { user, matches } = await this.attempt(email, request.password, address);
    if (!user || !matches || user.status !== 'active') {
      const reason = !user ? 'unknown user' : matches ? `user is ${user.status}` : 'wrong password';
      const actor = { ...(user && { userId: user.id }), email };
      await this.refuse({ action: 'session.start', actor }, reason, address);
      throw new DomainError('unauthenticated', 'invalid email or password');
    }
    await this.throttle.forgive(email, address);
    if (request.newPassword !== undefined) return this.passwords.change(user, request.newPassword);
    if (!user.passwordChangeRequired) return user;
    const message = 'Password must be changed: sign in with newPassword';
    throw new DomainError('forbidden', message, { passwordChangeRequired: true });
  }

  /** That somebody signed in knows their password. Counted as a sign-in. @throws DomainError `bad_request`, `too_many_requests`. */
  async confirm({ id, email }: User, currentPassword: string, address: string): Promise<void> {
    const { matches } = await this.attempt(email, currentPassword, address);
    if (matches) return this.throttle.forgive(email, address);
    const entity = { type: 'user', id, name: email };
    await this.refuse({ action: 'user.change-password', entity }, 'wrong password', address);
    throw invalid({ field: 'currentPassword', message: 'Current password is wrong' });
  }

  /** All in one turn, so that a flood writes no more counts than passwords can be looked at. */
  private attempt(email: string, password: string, address: string) {
    return this.check.inTurn(async () => {
      await this.count(email, address);
      const user = await this.users.findByEmail(email);
      return { user, matches: await this.check.matches(password, user?.passwordHash) };
    });
  }

  private async count(email: string, address: string): Promise<void> {
    try {
      await this.throttle.count(email, address);
    } catch (error) {
      // Whoever goes on is held up by address, which costs less.
      await this.limits.countRefusal(address);
      throw error;
    }
  }

  private async refuse(entry: AuditEntry, reason: string, address: string): Promise<void> {
    this.audit.refused(entry, reason);
    await this.limits.countRefusal(address);
  }
}
