import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { ManagedRoles } from '#organizations';
import { AuditTrail } from '#platform/audit';
import { unusablePasswordHash } from '#platform/crypto';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { User } from '../users/user.entity';
import { isInDomains, mappedRoles, personName, verifiedEmail, type Claims } from './company-claims';
import type { IdTokenClaims } from './id-token';
import { IdentityProviderLink } from './identity-provider-link.entity';
import { IdentityProvider } from './identity-provider.entity';
import { SignInRefusal } from './sign-in-refusal';

const FIRST_SIGN_IN_LOCK = 7_243_014;

/** Which user somebody is whom a company has signed in. */
@Injectable()
export class CompanyAccounts {
  constructor(
    private readonly database: Database,
    private readonly managedRoles: ManagedRoles,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The user that the company's subject is linked to; at the first sign-in, the one with the same verified address in
   * one of the provider's domains, or a new one. Their memberships are set to what the company's roles give.
   * @throws SignInRefusal for somebody who cannot be linked, and for users who are not active.
   */
  signIn(asked: IdentityProvider, claims: IdTokenClaims): Promise<User> {
    return this.database.asSystem(async (manager) => {
      const provider = await hold(manager, asked);
      // Whoever comes twice at once for the first time is one user all the same.
      const person = verifiedEmail(claims) ?? `${provider.id}/${claims.sub}`;
      await manager.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [FIRST_SIGN_IN_LOCK, person]);
      const key = { providerId: provider.id, subject: claims.sub };
      const link = (await manager.findOneBy(IdentityProviderLink, key)) ?? (await this.link(manager, provider, claims));
      const user = await manager.findOneByOrFail(User, { id: link.userId });
      requireActive(user);
      const managedOrganizationIds = await this.managedRoles.set({
        user,
        source: provider.name,
        roles: mappedRoles(claims, provider.roleClaim, provider.roleMapping),
        managed: link.managedOrganizationIds,
      });
      await manager.update(IdentityProviderLink, key, { managedOrganizationIds });
      return user;
    });
  }

  private async link(
    manager: EntityManager,
    provider: IdentityProvider,
    claims: IdTokenClaims,
  ): Promise<IdentityProviderLink> {
    const email = requireEmail(provider, claims);
    const user = (await findUser(manager, email)) ?? (await this.create(manager, provider, email, claims));
    requireActive(user);
    const link = { providerId: provider.id, userId: user.id };
    if (await manager.existsBy(IdentityProviderLink, link)) {
      const message = `This account is linked to somebody else at ${provider.name} already.`;
      throw new SignInRefusal('forbidden', message, 'linked to another subject', { userId: user.id, email });
    }
    await manager.insert(IdentityProviderLink, { ...link, subject: claims.sub });
    await this.audit.record({
      action: 'user.link',
      entity: { type: 'user', id: user.id, name: email },
      actor: { userId: user.id, email },
      details: { provider: provider.name, subject: claims.sub },
    });
    return manager.findOneByOrFail(IdentityProviderLink, { ...link, subject: claims.sub });
  }

  private async create(
    manager: EntityManager,
    provider: IdentityProvider,
    email: string,
    claims: Claims,
  ): Promise<User> {
    if (!provider.createUsers) {
      const message = `There is no account for ${email} here. Ask an administrator to make one.`;
      throw new SignInRefusal('forbidden', message, 'unknown user', { email });
    }
    const id = newId();
    const names = personName(claims, email);
    await manager.insert(User, { id, email, passwordHash: unusablePasswordHash(), ...names });
    await this.audit.record({
      action: 'user.create',
      entity: { type: 'user', id, name: email },
      actor: { userId: id, email },
      details: { provider: provider.name },
    });
    return manager.findOneByOrFail(User, { id });
  }
}

/**
 * The provider as it is now, for as long as the transaction lasts: whoever changes its issuer waits, and counts the link
 * that is being made. @throws SignInRefusal when it was changed while the user was away.
 */
async function hold(manager: EntityManager, { id, issuer, name }: IdentityProvider): Promise<IdentityProvider> {
  const where = { id, issuer, enabled: true };
  const provider = await manager.findOne(IdentityProvider, { where, lock: { mode: 'pessimistic_read' } });
  if (provider) return provider;
  throw new SignInRefusal('forbidden', `${name} is not available any more.`, 'provider was changed meanwhile');
}

/** @throws SignInRefusal unless the company vouches for the address, and may. */
function requireEmail(provider: IdentityProvider, claims: Claims): string {
  const told = typeof claims.email === 'string' ? { email: claims.email.slice(0, 320) } : undefined;
  const email = verifiedEmail(claims);
  if (email === undefined) {
    const message = `${provider.name} has not verified your e-mail address, so your account here cannot be found by it.`;
    throw new SignInRefusal('forbidden', message, 'e-mail address is not verified', told);
  }
  if (isInDomains(email, provider.domains)) return email;
  const message = `${provider.name} does not sign in people with the e-mail address ${email}.`;
  throw new SignInRefusal('forbidden', message, 'e-mail address is in none of its domains', told);
}

/** Also one that was deleted, who would otherwise come back as somebody new. */
const findUser = (manager: EntityManager, email: string): Promise<User | null> =>
  manager.findOne(User, { where: { email }, order: { deletedAt: { direction: 'DESC', nulls: 'FIRST' } } });

function requireActive({ id, email, status, deletedAt }: User): void {
  if (status === 'active' && !deletedAt) return;
  const reason = `user is ${deletedAt ? 'deleted' : status}`;
  throw new SignInRefusal('forbidden', 'Your account here is not active. Ask an administrator.', reason, {
    userId: id,
    email,
  });
}
