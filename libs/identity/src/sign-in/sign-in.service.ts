import { Injectable } from '@nestjs/common';
import { conflict, newId, type Actor } from '#kernel';
import { OrganizationsService } from '#organizations';
import { AuditTrail } from '#platform/audit';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { IsNull } from 'typeorm';
import { CredentialService } from '../credentials/credential.service';
import { toProfileView, toUserView, type ProfileView, type SignInRequest, type SignInView } from './sign-in.dto';
import { PasswordSignIn } from './password-sign-in';
import { Session } from './session.entity';
import { newSessionToken } from '../credentials/tokens';
import type { User } from '../users/user.entity';
import { UsersRepository } from '../users/users.repository';

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
    private readonly passwords: PasswordSignIn,
    private readonly organizations: OrganizationsService,
    private readonly credentials: CredentialService,
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
  async signOut({ credential }: Actor): Promise<void> {
    if (credential.kind !== 'session') throw conflict('Only a session can be signed out; a token is revoked');
    const hash = await this.database.asSystem(async (manager) => {
      await manager.update(Session, { id: credential.id, revokedAt: IsNull() }, { revokedAt: new Date() });
      await this.audit.record({ action: 'session.end', entity: { type: 'session', id: credential.id } });
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
    const id = newId();
    await this.database.asSystem(async (manager) => {
      await manager.insert(Session, {
        id,
        userId: user.id,
        tokenHash: tokenHash(token),
        userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
        address,
        expiresAt: new Date(Date.now() + SESSION_SECONDS * 1000),
      });
      // By hand: signing in is no change of the user, so `updated_at` stays.
      await manager.query('UPDATE users SET last_login_at = now() WHERE id = $1', [user.id]);
      const actor = { userId: user.id, email: user.email };
      await this.audit.record({ action: 'session.start', entity: { type: 'session', id }, actor });
    });
    return token;
  }
}
