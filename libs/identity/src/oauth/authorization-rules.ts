import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { PAGES_CLIENT_ID } from '#platform/http';
import {
  errors,
  interactionPolicy,
  type Account,
  type Client,
  type Configuration,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import { audienceOf } from './access-token-jwt';
import { Consents } from './consents';
import { isOwnSite } from './oauth-cors';
import { REFRESH_TTL } from './oidc-adapter';
import { clientCovers, OIDC_SCOPES, requestedScopes } from '../credentials/scope-rules';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { UsersRepository } from '../users/users.repository';
import { userClaims } from './user-claims';

const CODE_SECONDS = 60;
const ID_TOKEN_SECONDS = 3_600;
const INTERACTION_SECONDS = 30 * 60;
const BROWSER_SIGN_IN_SECONDS = 12 * 60 * 60;
/** More than the catalogue has, with room for branches. */
const MOST_SCOPES = 200;

const now = (): number => Math.floor(Date.now() / 1000);

/** What signing in through a browser may give, for how long, and when people are asked (RFC 6749, section 4.1). */
@Injectable()
export class AuthorizationRules {
  constructor(
    private readonly config: Config,
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
    private readonly consents: Consents,
  ) {}

  configuration(): Configuration {
    const audience = audienceOf(this.config);
    return {
      scopes: OIDC_SCOPES,
      claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', 'updated_at'], email: ['email'] },
      responseTypes: ['code'],
      enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
      extraClientMetadata: { properties: [REFRESH_TTL] },
      interactions: { policy: policy() },
      findAccount: (_ctx, id) => this.account(id),
      loadExistingGrant: (ctx) => this.grant(ctx),
      // The grant type is what a client is registered for; a scope beside it would say the same again.
      issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
      rotateRefreshToken: true,
      expiresWithSession: () => false,
      // Scripts have no secret to keep: the token endpoint is open to the sites of public clients, and to our own pages.
      clientBasedCORS: (_ctx, origin, client) =>
        origin === new URL(this.config.http.publicUrl).origin ||
        (client.clientAuthMethod === 'none' && isOwnSite(origin, client.redirectUris!)),
      ttl: {
        AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3_600,
        AuthorizationCode: CODE_SECONDS,
        ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3_600,
        IdToken: ID_TOKEN_SECONDS,
        Interaction: INTERACTION_SECONDS,
        // Rotated tokens inherit the end of the first: signing in holds so long and no longer.
        RefreshToken: (_ctx, token, client) => Math.max(1, (token.iiat ?? now()) + Number(client[REFRESH_TTL]) - now()),
        Session: (_ctx, session) => Math.max(1, (session.loginTs ?? now()) + BROWSER_SIGN_IN_SECONDS - now()),
      },
      features: {
        resourceIndicators: {
          enabled: true,
          // Every access token is for this API, whether the client says so or not.
          defaultResource: () => audience,
          useGrantedResource: () => true,
          getResourceServerInfo: (ctx, resource, client) => this.resourceServer(ctx, resource, client),
        },
      },
    };
  }

  /** Somebody who may sign in; a user who is locked, deactivated or deleted is nobody from that moment on. */
  private async account(id: string): Promise<Account | undefined> {
    const user = await this.users.findActive(id);
    return user ? { accountId: user.id, claims: () => userClaims(user) } : undefined;
  }

  /** The API as this request may get it. @throws Error `InvalidTarget`, `InvalidScope` (RFC 6749, section 4.1.2.1). */
  private async resourceServer(
    ctx: KoaContextWithOIDC,
    resource: string,
    { clientId }: Client,
  ): Promise<ResourceServer> {
    const audience = audienceOf(this.config);
    if (resource !== audience) throw new errors.InvalidTarget();
    const client = await this.clients.findEnabled(clientId);
    if (!client) throw new errors.InvalidClient('client is not known');
    const { oidc } = ctx;
    const source = oidc.refreshToken ?? oidc.authorizationCode;
    const scopes = source
      ? [...source.scopes].filter((scope) => clientCovers(client.scopes, scope))
      : requestable(oidc.params!, client);
    return {
      audience,
      scope: scopes.join(' '),
      accessTokenFormat: 'jwt',
      accessTokenTTL: client.accessTokenTtlSeconds,
      jwt: { sign: { alg: 'RS256' } },
    };
  }

  /**
   * The grant that was just consented to, or a new one where the user need not be asked: they have allowed all of it
   * before, or the client is the platform's own pages, whose codes go to the platform alone.
   */
  private async grant({ oidc }: KoaContextWithOIDC) {
    const consented = oidc.result?.consent?.grantId;
    if (consented !== undefined) return oidc.provider.Grant.find(consented);
    const client = await this.clients.findEnabled(oidc.client!.clientId);
    const scopes = [...oidc.requestParamScopes];
    const userId = oidc.account!.accountId;
    if (!client) return undefined;
    const asks = client.clientId !== PAGES_CLIENT_ID && !(await this.consents.cover(userId, client, scopes));
    if (asks) return undefined;
    return this.consents.newGrant(oidc.provider, userId, client, scopes);
  }
}

/** Asks for all of the client's where the request names no scope, as client credentials do. */
function requestable(params: Record<string, unknown>, client: OAuthClient): string[] {
  const scopes = requestedScopes(params.scope as string | undefined, client.scopes);
  if (scopes.length > MOST_SCOPES) throw new errors.InvalidScope('too many scopes are requested', '');
  const uncovered = scopes.find((scope) => !clientCovers(client.scopes, scope));
  if (uncovered !== undefined) throw new errors.InvalidScope('requested scope is not allowed', uncovered);
  params.scope = scopes.join(' ');
  return scopes;
}

/** The library's policy, and: somebody who is signed in but may no longer be has to sign in again. */
function policy(): interactionPolicy.DefaultPolicy {
  const prompts = interactionPolicy.base();
  const gone = new interactionPolicy.Check(
    'account_missing',
    'End-User authentication is required',
    ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
  );
  gone.error = 'login_required';
  prompts.get('login')!.checks.add(gone);
  return prompts;
}
