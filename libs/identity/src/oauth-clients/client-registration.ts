import { Injectable } from '@nestjs/common';
import { forbidden, invalid, type Actor } from '#kernel';
import { Organization } from '#organizations';
import { Database } from '#platform/database';
import { insufficientScope } from '#platform/http';
import { In, IsNull } from 'typeorm';
import { clientProblems, exceedingScope, type ClientShape } from './client-rules';
import type { OAuthClient } from './oauth-client.entity';
import { UsersRepository } from '../users/users.repository';

/** What a client may do, and as whom. */
export interface Registration extends ClientShape {
  /** undefined where the request names nobody. */
  serviceUserId?: string | null;
  organizationIds: string[] | null;
}

/** Whether somebody may register a client like that; the same rules for new clients and for changed ones. */
@Injectable()
export class ClientRegistration {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
  ) {}

  /**
   * Gives the user as whom the client acts.
   * @param before the client where one is changed: organizations and users that it has already need not be there still.
   * @throws DomainError `bad_request`; as `requireCovered`.
   */
  async check(actor: Actor, wanted: Registration, before?: OAuthClient): Promise<string | null> {
    const [first, ...others] = clientProblems(wanted);
    if (first) throw invalid(first, ...others);
    this.requireCovered(actor, wanted);
    await this.requireOrganizations(wanted.organizationIds ?? [], before?.organizationIds ?? []);
    return this.serviceUser(actor, wanted, before?.serviceUserId);
  }

  /**
   * Nobody hands out what they have not themselves, be it by a new client or by the secret of an old one.
   * @throws DomainError `insufficient_scope` for scopes, `forbidden` for organizations that the credential lacks.
   */
  requireCovered(actor: Actor, { scopes, organizationIds }: Pick<Registration, 'scopes' | 'organizationIds'>): void {
    const exceeding = exceedingScope(actor.granted, { scopes });
    if (exceeding !== undefined) throw insufficientScope(exceeding);
    const own = actor.organizationIds;
    if (own && !organizationIds?.every((id) => own.includes(id))) {
      throw forbidden('Your credential is confined to organizations, and so is every client it registers');
    }
  }

  private async requireOrganizations(wanted: readonly string[], known: readonly string[]): Promise<void> {
    const added = [...new Set(wanted.map((id) => id.toLowerCase()))].filter((id) => !known.includes(id));
    if (added.length === 0) return;
    const found = await this.database.asSystem((manager) =>
      manager.countBy(Organization, { id: In(added), deletedAt: IsNull() }),
    );
    if (found < added.length) {
      throw invalid({ field: 'organizationIds', message: 'Organization ids must be those of organizations' });
    }
  }

  private async serviceUser(
    actor: Actor,
    { grantTypes, serviceUserId }: Registration,
    before: string | null | undefined,
  ): Promise<string | null> {
    if (!grantTypes.includes('client_credentials')) {
      if (!serviceUserId) return null;
      throw invalid({ field: 'serviceUserId', message: 'Service user id is for clients with client_credentials' });
    }
    if (before && (serviceUserId === undefined || serviceUserId === before)) return before;
    const user = await this.users.findActive(serviceUserId ?? actor.userId);
    if (!user) throw invalid({ field: 'serviceUserId', message: 'Service user id is not that of an active user' });
    return user.id;
  }
}
