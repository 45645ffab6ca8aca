import { Injectable } from '@nestjs/common';
import { conflict, DomainError, newId, type Actor } from '#kernel';
import { OrganizationsService } from '#organizations';
import { AuditTrail } from '#platform/audit';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { SESSION_SECONDS } from '../sessions/live-session';
import { SessionsRepository } from '../sessions/sessions.repository';
import { SessionsService } from '../sessions/sessions.service';
import { toProfileView, toUserView, type ProfileView, type SignInRequest, type SignInView } from './sign-in.dto';
import { PasswordSignIn } from './password-sign-in';
import { newSessionToken } from '../credentials/tokens';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';

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
    private readonly passwords: PasswordSignIn,
    private readonly organizations: OrganizationsService,
    private readonly sessions: SessionsService,
    private readonly openSessions: SessionsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError as `PasswordSignIn.verify`. */
  async signIn(request: SignInRequest, origin: Origin): Promise<SignInView> {
    const user = await this.passwords.verify(request, origin.address);
    const accessToken = await this.open(user, origin);
    const organizations = await this.organizations.ofUser(user);
    return { accessToken, expiresIn: SESSION_SECONDS, user: toUserView(user), organizations };
  }

  /** @throws DomainError `conflict` for credentials that did not come by signing in. */
  async signOut(actor: Actor): Promise<void> {
    const { kind, id } = actor.credential;
    if (kind !== 'session') throw conflict('Only a session can be signed out; a token is revoked');
    await this.sessions.end(actor, id);
  }

  async profile(actor: Actor): Promise<ProfileView> {
    const user = await this.users.get(actor.userId);
    return toProfileView(actor, user, await this.organizations.ofUser(user, actor.organizationIds));
  }

  private async open(user: User, { address, userAgent }: Origin): Promise<string> {
    const token = newSessionToken();
    const id = newId();
    await this.database.asSystem(async () => {
      if (!(await this.users.noteSignIn(user))) throw new DomainError('unauthenticated', 'invalid email or password');
      await this.openSessions.insert({
        id,
        userId: user.id,
        tokenHash: tokenHash(token),
        userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        address,
        expiresAt: new Date(Date.now() + SESSION_SECONDS * 1000),
      });
      const actor = { userId: user.id, email: user.email };
      await this.audit.record({ action: 'session.start', entity: { type: 'session', id }, actor });
    });
    return token;
  }
}
