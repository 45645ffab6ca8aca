import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { ALL_SCOPES } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Config } from '#platform/config';
import { SecretBox, tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { errors, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { audienceOf } from './access-token-jwt';
import { AuthorizationRules } from './authorization-rules';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { OidcClients, OidcPayloads } from './oidc-adapter';
import { OIDC_SCOPES, requestedScopes, uncoveredScope } from '../credentials/scope-rules';
import { setInteractionCookie } from '../interaction/interaction-cookie';
import { answerOutage, isOutage, renderProviderError } from './provider-errors';
import { SigningKeys } from './signing-keys';
import { UsersRepository } from '../users/users.repository';

/** Under the API's prefix, but for discovery, whose place is fixed (OpenID Connect Discovery, section 4). */
export const OAUTH_ROUTES = {
  authorization: '/api/v1/oauth2/authorize',
  token: '/api/v1/oauth2/token',
  revocation: '/api/v1/oauth2/revoke',
  introspection: '/api/v1/oauth2/introspect',
  userinfo: '/api/v1/oauth2/userinfo',
  jwks: '/api/v1/oauth2/jwks',
} as const;

export const DISCOVERY = '/.well-known/openid-configuration';

/** Where browsers sign in and consent; the pages are ours. */
export const INTERACTION_ROUTE = '/api/v1/oauth2/interaction';

/** Sets up `oidc-provider`: our routes, our tables, our keys, and access tokens as RS256 JWTs. */
@Injectable()
export class OAuthProvider {
  private readonly logger = new Logger(OAuthProvider.name);
  private provider: Promise<Provider> | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly keys: SigningKeys,
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
    private readonly issued: IssuedTokensRepository,
    private readonly rules: AuthorizationRules,
    private readonly audit: AuditTrail,
  ) {}

  /** The one provider of this process; processes without HTTP make none. */
  get(): Promise<Provider> {
    return (this.provider ??= this.create());
  }

  private async create(): Promise<Provider> {
    await this.keys.ensure();
    const provider = new Provider(this.config.http.publicUrl, await this.configuration());
    // Addresses it writes are those of HUB_PUBLIC_URL; the request is made to look so before it gets here.
    provider.proxy = true;
    adaptClients(provider);
    provider.registerGrantType<{ scope?: string }>('client_credentials', (ctx) => this.clientCredentials(ctx), 'scope');
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === DISCOVERY && ctx.body) ctx.body = discoveryDocument(ctx.body as object);
      if (ctx.path === OAUTH_ROUTES.token && ctx.status === 200) ctx.body = tokenAnswer(ctx.body as TokenAnswer);
    });
    provider.on('grant.revoked', (ctx) => this.noteReuse(ctx));
    provider.on('server_error', (ctx, error) => {
      if (isOutage(error)) answerOutage(ctx, error);
      else this.logger.error(error, undefined, `${ctx.method} ${ctx.path}`);
    });
    return provider;
  }

  private async configuration(): Promise<Configuration> {
    const { publicUrl } = this.config.http;
    const rules = this.rules.configuration();
    return {
      ...rules,
      routes: OAUTH_ROUTES,
      jwks: { keys: await this.keys.all() },
      adapter: (model) =>
        model === 'Client' ? new OidcClients(this.clients) : new OidcPayloads(model, this.database, this.secrets),
      cookies: { keys: [this.secrets.deriveKey('oidc-cookies').toString('hex')] },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
      interactions: {
        ...rules.interactions,
        url: (ctx, { uid }) => {
          setInteractionCookie(ctx, this.secrets, uid);
          return `${publicUrl}${INTERACTION_ROUTE}/${uid}`;
        },
      },
      discovery: {
        userinfo_endpoint: publicUrl + OAUTH_ROUTES.userinfo,
        revocation_endpoint: publicUrl + OAUTH_ROUTES.revocation,
        revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
        introspection_endpoint: publicUrl + OAUTH_ROUTES.introspection,
        introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      },
      features: {
        ...rules.features,
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        dPoP: { enabled: false },
        pushedAuthorizationRequests: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        userinfo: { enabled: false },
      },
      formats: {
        customizers: { jwt: (_ctx, token, jwt) => this.record(token, jwt.payload) },
      },
      renderError: renderProviderError,
    };
  }

  /** RFC 6749, section 4.4. The token acts as the client's service user; branches of allowed scopes may be asked for. */
  private async clientCredentials(
    ctx: KoaContextWithOIDC & { oidc: { client: { clientId: string }; params: { scope?: string } } },
  ): Promise<void> {
    const client = await this.clientOf(ctx.oidc.client.clientId);
    const scopes = requestedScopes(ctx.oidc.params.scope, client.scopes);
    const uncovered = uncoveredScope(client.scopes, scopes);
    if (uncovered !== undefined) throw new errors.InvalidScope('requested scope is not allowed', uncovered);
    if (!client.serviceUserId || !(await this.users.findActive(client.serviceUserId))) {
      throw new errors.UnauthorizedClient('the service user of this client is not active');
    }
    const { provider } = ctx.oidc;
    const audience = audienceOf(this.config);
    const scope = scopes.join(' ');
    const token = new provider.ClientCredentials({
      client: ctx.oidc.client,
      scope: scope || undefined,
      resourceServer: new provider.ResourceServer(audience, {
        audience,
        scope,
        accessTokenFormat: 'jwt',
        accessTokenTTL: client.accessTokenTtlSeconds,
        jwt: { sign: { alg: 'RS256' } },
      }),
    });
    ctx.oidc.entity('ClientCredentials', token);
    const accessToken = await token.save();
    // The guide's four members, in its order.
    ctx.body = { access_token: accessToken, token_type: 'bearer', expires_in: client.accessTokenTtlSeconds, scope };
  }

  /** Every JWT is recorded before it is signed, so that none is out that cannot be revoked. */
  private async record(
    token: { clientId?: string; grantId?: unknown },
    claims: Record<string, unknown>,
  ): Promise<void> {
    const client = await this.clientOf(String(token.clientId));
    const byClient = claims.sub === client.clientId;
    if (byClient) claims.sub = client.serviceUserId;
    await this.issued.insert({
      jti: String(claims.jti),
      clientId: client.id,
      userId: String(claims.sub),
      grantId: typeof token.grantId === 'string' ? token.grantId : null,
      scopes: typeof claims.scope === 'string' ? claims.scope.split(' ') : [],
      expiresAt: new Date(Number(claims.exp) * 1000),
    });
  }

  private async clientOf(clientId: string): Promise<OAuthClient> {
    const client = await this.clients.findEnabled(clientId);
    if (!client) throw new errors.InvalidClient('client is not known');
    return client;
  }

  /** A code or refresh token came a second time: whoever has it is not the only one. */
  private noteReuse(ctx: KoaContextWithOIDC): void {
    const id = ctx.oidc.client?.clientId ?? 'unknown';
    const entry = { action: 'oauth_token.issue', entity: { type: 'oauth_client', id } };
    this.audit.refused(entry, 'a code or refresh token was used again: its grant is ended');
  }
}

/** Registered clients are compared as our rules say, not as the provider's own registration would. */
function adaptClients({ Client }: Provider): void {
  Client.prototype.compareClientSecret = function (actual: string): boolean {
    return timingSafeEqual(tokenHash(actual), Buffer.from(this.clientSecret!, 'hex'));
  };
  // The whole address, byte for byte: no exception for ports of loopback addresses.
  Client.prototype.redirectUriAllowed = function (uri: string): boolean {
    return this.redirectUris!.includes(uri);
  };
  // What may be registered is decided by `clientProblems`.
  (Client as unknown as { Schema: { prototype: { redirectUris(): void } } }).Schema.prototype.redirectUris = () =>
    undefined;
}

interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in: number;
}

/** The guide's members first, in its order and spelling; RFC 6749, section 5.1, does not mind the case. */
const tokenAnswer = ({ access_token, token_type, expires_in, ...others }: TokenAnswer): object => ({
  access_token,
  token_type: token_type.toLowerCase(),
  expires_in,
  ...others,
});

/** The provider's own document, with the platform's scopes, and without `sid`, which only logout tokens would need. */
const discoveryDocument = (document: { claims_supported?: string[] }): object => ({
  ...document,
  claims_supported: document.claims_supported?.filter((claim) => claim !== 'sid'),
  scopes_supported: [...ALL_SCOPES, ...OIDC_SCOPES],
});
