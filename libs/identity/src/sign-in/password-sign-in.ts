import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { RateLimits } from '#platform/http';
import { normalEmail } from '../users/active-user';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';
import { PasswordCheck } from './password-check';
import { SignInThrottle } from './sign-in-throttle';

/** Finds out who somebody is by e-mail address and password: for the API and for the sign-in page alike. */
@Injectable()
export class PasswordSignIn {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: PasswordCheck,
    private readonly throttle: SignInThrottle,
    private readonly limits: RateLimits,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Counts the attempt, and takes the same time whoever it is about.
   * @throws DomainError `unauthenticated`, the same for an unknown user, a wrong password and one who may not sign in;
   * `too_many_requests` for too many attempts.
   */
  async verify(request: { email: string; password: string }, address: string): Promise<User> {
    const email = normalEmail(request.email);
    await this.throttle.count(email, address);
    const user = await this.users.findByEmail(email);
    const matches = await this.passwords.matches(request.password, user?.passwordHash);
    if (!user || !matches || user.status !== 'active') {
      const reason = !user ? 'unknown user' : matches ? `user is ${user.status}` : 'wrong password';
      this.audit.refused({ action: 'session.start', actor: { ...(user && { userId: user.id }), email } }, reason);
      await this.limits.countRefusal(address);
      throw new DomainError('unauthenticated', 'invalid email or password');
    }
    await this.throttle.forgive(email, address);
    return user;
  }
}
