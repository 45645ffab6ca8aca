import { Injectable } from '@nestjs/common';
import { invalid, Page, type Actor } from '#kernel';
import { tokenHash } from '#platform/crypto';
import { requireVersion, type SeenVersion } from '#platform/database';
import { insufficientScope, parseSort, type ListQuery } from '#platform/http';
import { clientProblems, exceedingScope } from './client-rules';
import {
  toOAuthClientView,
  type CreateOAuthClient,
  type NewOAuthClientView,
  type OAuthClientView,
} from './oauth-client.dto';
import { OAuthClientsRepository } from './oauth-clients.repository';
import { newClientId, newClientSecret } from '../credentials/tokens';
import { UsersRepository } from '../users/users.repository';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

@Injectable()
export class OAuthClientsService {
  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
  ) {}

  async list(query: ListQuery): Promise<Page<OAuthClientView>> {
    const { data, meta } = await this.clients.page(query, parseSort(query.sort, SORTABLE, 'name'));
    return new Page(data.map(toOAuthClientView), meta);
  }

  async get(id: string): Promise<OAuthClientView> {
    return toOAuthClientView(await this.clients.get(id));
  }

  /** @throws DomainError `bad_request`; `insufficient_scope` for more scopes than the caller's credential has. */
  async create(actor: Actor, request: CreateOAuthClient): Promise<NewOAuthClientView> {
    const [first, ...others] = clientProblems(request);
    if (first) throw invalid(first, ...others);
    const exceeding = exceedingScope(actor.granted, request);
    if (exceeding !== undefined) throw insufficientScope(exceeding);
    const clientSecret = request.type === 'confidential' ? newClientSecret() : undefined;
    const client = await this.clients.insert({
      clientId: newClientId(),
      secretHash: clientSecret === undefined ? null : tokenHash(clientSecret),
      name: request.name,
      description: request.description ?? null,
      type: request.type,
      grantTypes: request.grantTypes,
      redirectUris: [...new Set(request.redirectUris)],
      scopes: [...new Set(request.scopes)],
      accessTokenTtlSeconds: request.accessTokenTtlSeconds,
      refreshTokenTtlSeconds: request.refreshTokenTtlSeconds,
      serviceUserId: await this.serviceUser(actor, request),
      organizationIds: request.organizationIds ?? null,
    });
    return { ...toOAuthClientView(client), ...(clientSecret !== undefined && { clientSecret }) };
  }

  async setEnabled(id: string, ifMatch: SeenVersion, enabled: boolean): Promise<OAuthClientView> {
    const client = await this.clients.get(id);
    requireVersion(client, ifMatch);
    return toOAuthClientView(client.enabled === enabled ? client : await this.clients.update(client, { enabled }));
  }

  private async serviceUser(actor: Actor, { grantTypes, serviceUserId }: CreateOAuthClient): Promise<string | null> {
    if (!grantTypes.includes('client_credentials')) {
      if (!serviceUserId) return null;
      throw invalid({ field: 'serviceUserId', message: 'Service user id is for clients with client_credentials' });
    }
    const user = await this.users.findActive(serviceUserId ?? actor.userId);
    if (!user) throw invalid({ field: 'serviceUserId', message: 'Service user id is not that of an active user' });
    return user.id;
  }
}
