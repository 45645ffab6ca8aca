import { Injectable } from '@nestjs/common';
import { conflict, Page, type Actor } from '#kernel';
import { AuditTrail, changesBetween, type Changes } from '#platform/audit';
import { tokenHash } from '#platform/crypto';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import { ClientRegistration } from './client-registration';
import {
  toOAuthClientView,
  type CreateOAuthClient,
  type NewOAuthClientView,
  type OAuthClientQuery,
  type OAuthClientView,
  type UpdateOAuthClient,
} from './oauth-client.dto';
import type { OAuthClient } from './oauth-client.entity';
import { OAuthClientsRepository } from './oauth-clients.repository';
import { newClientId, newClientSecret } from '../credentials/tokens';

const SORTABLE = ['name', 'createdAt', 'updatedAt'] as const;

/** What decides how far a client's tokens reach: to change one of these is to hand out the whole client anew. */
const REACH = [
  'grantTypes',
  'redirectUris',
  'scopes',
  'accessTokenTtlSeconds',
  'refreshTokenTtlSeconds',
  'serviceUserId',
  'organizationIds',
] as const;

const FIELDS = ['name', 'description', ...REACH] as const;

@Injectable()
export class OAuthClientsService {
  constructor(
    private readonly database: Database,
    private readonly clients: OAuthClientsRepository,
    private readonly registration: ClientRegistration,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: OAuthClientQuery): Promise<Page<OAuthClientView>> {
    const { data, meta } = await this.clients.page(query, parseSort(query.sort, SORTABLE, 'name'));
    return new Page(data.map(toOAuthClientView), meta);
  }

  async get(id: string): Promise<OAuthClientView> {
    return toOAuthClientView(await this.clients.get(id));
  }

  /** @throws DomainError as `ClientRegistration.check`. */
  create(actor: Actor, request: CreateOAuthClient): Promise<NewOAuthClientView> {
    const clientSecret = request.type === 'confidential' ? newClientSecret() : undefined;
    const wanted = { ...request, organizationIds: request.organizationIds ?? null };
    return this.database.asSystem(async () => {
      const client = await this.clients.insert({
        clientId: newClientId(),
        secretHash: clientSecret === undefined ? null : tokenHash(clientSecret),
        name: request.name,
        description: request.description ?? null,
        type: request.type,
        grantTypes: request.grantTypes,
        redirectUris: unique(request.redirectUris),
        scopes: unique(request.scopes),
        accessTokenTtlSeconds: request.accessTokenTtlSeconds,
        refreshTokenTtlSeconds: request.refreshTokenTtlSeconds,
        serviceUserId: await this.registration.check(actor, wanted),
        organizationIds: wanted.organizationIds && unique(wanted.organizationIds),
        createdBy: actor.userId,
        updatedBy: actor.userId,
      });
      await this.record('create', client, changesBetween<Partial<OAuthClient>>({}, client, ['type', ...FIELDS]));
      return { ...toOAuthClientView(client), ...(clientSecret !== undefined && { clientSecret }) };
    });
  }

  /** @throws DomainError as `ClientRegistration.check`; `conflict` for a built-in client. */
  update(actor: Actor, id: string, ifMatch: SeenVersion, request: UpdateOAuthClient): Promise<OAuthClientView> {
    return this.changing(id, ifMatch, async (client) => {
      if (client.builtIn) throw conflict('A built-in client cannot be changed');
      const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
      const wanted = { ...client, ...given };
      if (request.redirectUris) wanted.redirectUris = unique(request.redirectUris);
      if (request.scopes) wanted.scopes = unique(request.scopes);
      if (request.organizationIds) wanted.organizationIds = unique(request.organizationIds);
      if (Object.keys(changesBetween(client, wanted, REACH)).length > 0) {
        const { serviceUserId } = request;
        wanted.serviceUserId = await this.registration.check(actor, { ...wanted, serviceUserId }, client);
      }
      const changes = changesBetween(client, wanted, FIELDS);
      if (Object.keys(changes).length === 0) return toOAuthClientView(client);
      const values = Object.fromEntries(FIELDS.map((field) => [field, wanted[field]]));
      const changed = await this.clients.update(client, { ...values, updatedBy: actor.userId });
      await this.record('update', changed, changes);
      return toOAuthClientView(changed);
    });
  }

  setEnabled(actor: Actor, id: string, ifMatch: SeenVersion, enabled: boolean): Promise<OAuthClientView> {
    return this.changing(id, ifMatch, async (client) => {
      if (client.enabled === enabled) return toOAuthClientView(client);
      const changed = await this.clients.update(client, { enabled, updatedBy: actor.userId });
      await this.record(enabled ? 'enable' : 'disable', changed);
      return toOAuthClientView(changed);
    });
  }

  /**
   * Gives a confidential client a new secret.
   * @param overlapSeconds how long the secret until now still works; one from before that ends at once.
   * @throws DomainError `conflict` for a public client; as `ClientRegistration.requireCovered`, since whoever has the
   * secret has what the client may do.
   */
  rotateSecret(actor: Actor, id: string, ifMatch: SeenVersion, overlapSeconds: number): Promise<NewOAuthClientView> {
    const clientSecret = newClientSecret();
    return this.changing(id, ifMatch, async (client) => {
      if (client.type !== 'confidential') throw conflict('A public client has no secret');
      this.registration.requireCovered(actor, client);
      const changed = await this.clients.update(client, {
        secretHash: tokenHash(clientSecret),
        previousSecretHash: overlapSeconds > 0 ? client.secretHash : null,
        previousSecretExpiresAt: overlapSeconds > 0 ? new Date(Date.now() + overlapSeconds * 1000) : null,
        updatedBy: actor.userId,
      });
      await this.record('rotate_secret', changed, undefined, { overlapSeconds });
      return { ...toOAuthClientView(changed), clientSecret };
    });
  }

  /** Its tokens go with it: they are refused within a second, everywhere. @throws DomainError `conflict` for a built-in client. */
  delete(id: string): Promise<void> {
    return this.changing(id, undefined, async (client) => {
      if (client.builtIn) throw conflict('A built-in client cannot be deleted; disable it instead');
      await this.clients.delete(client);
      await this.record('delete', client);
    });
  }

  /** Reads a client that nobody else changes meanwhile. */
  private changing<T>(id: string, ifMatch: SeenVersion, work: (client: OAuthClient) => Promise<T>): Promise<T> {
    return this.database.asSystem(async () => {
      const client = await this.clients.lock(id);
      requireVersion(client, ifMatch);
      return work(client);
    });
  }

  private record(
    verb: string,
    { id, name }: OAuthClient,
    changes?: Changes,
    details?: { overlapSeconds: number },
  ): Promise<void> {
    const entity = { type: 'oauth_client', id, name };
    return this.audit.record({
      action: `oauth_client.${verb}`,
      entity,
      ...(changes && { changes }),
      ...(details && { details }),
    });
  }
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
