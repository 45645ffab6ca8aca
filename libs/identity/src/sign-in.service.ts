import { Injectable } from '@nestjs/common';
import { conflict, DomainError, newId, type Actor } from '#kernel';
import { OrganizationsService } from '#organizations';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { RateLimits } from '#platform/http';
import { IsNull } from 'typeorm';
import { normalEmail } from './active-user';
import { CredentialService } from './credential.service';
import { toProfileView, toUserView, type ProfileView, type SignInRequest, type SignInView } from './dto/sign-in.dto';
import { PasswordCheck } from './password-check';
import { Session } from './session.entity';
import { SignInThrottle } from './sign-in-throttle';
import { newSessionToken } from './tokens';
import type { User } from './user.entity';
import { UsersRepository } from './users.repository';

const SESSION_SECONDS = 12 * 60 * 60;
const LONGEST_USER_AGENT = 500;

/** Where a sign-in comes from. */
export interface Origin {
  address: string;
  userAgent: string | undefined;
}

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly passwords: PasswordCheck,
    private readonly throttle: SignInThrottle,
    private readonly limits: RateLimits,
    private readonly organizations: OrganizationsService,
    private readonly credentials: CredentialService,
  ) {}

  /** @throws DomainError `unauthenticated`, the same for an unknown user, a wrong password and one who may not sign in. */
  async signIn(request: SignInRequest, origin: Origin): Promise<SignInView> {
    const email = normalEmail(request.email);
    await this.throttle.count(email, origin.address);
    const user = await this.users.findByEmail(email);
    const matches = await this.passwords.matches(request.password, user?.passwordHash);
    if (!user || !matches || user.status !== 'active') {
      await this.limits.countRefusal(origin.address);
      throw new DomainError('unauthenticated', 'invalid email or password');
    }
    await this.throttle.forgive(email, origin.address);
    const accessToken = await this.open(user, origin);
    const organizations = await this.organizations.ofUser(user);
    return { accessToken, expiresIn: SESSION_SECONDS, user: toUserView(user), organizations };
  }

  /** @throws DomainError `conflict` for credentials that did not come by signing in. */
  async signOut({ credential }: Actor): Promise<void> {
    if (credential.kind !== 'session') throw conflict('Only a session can be signed out; a token is revoked');
    const hash = await this.database.asSystem(async (manager) => {
      await manager.update(Session, { id: credential.id, revokedAt: IsNull() }, { revokedAt: new Date() });
      return (await manager.findOneByOrFail(Session, { id: credential.id })).tokenHash;
    });
    this.credentials.forget(hash);
  }

  async profile(actor: Actor): Promise<ProfileView> {
    const user = await this.users.get(actor.userId);
    return toProfileView(actor, user, await this.organizations.ofUser(user, actor.organizationIds));
  }

  private async open(user: User, { address, userAgent }: Origin): Promise<string> {
    const token = newSessionToken();
    const now = Date.now();
    await this.database.asSystem(async (manager) => {
      await manager.insert(Session, {
        id: newId(),
        userId: user.id,
        tokenHash: tokenHash(token),
        userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        address,
        expiresAt: new Date(now + SESSION_SECONDS * 1000),
      });
      // By hand: signing in is no change of the user, so `updated_at` stays.
      await manager.query('UPDATE users SET last_login_at = now() WHERE id = $1', [user.id]);
    });
    return token;
  }
}
