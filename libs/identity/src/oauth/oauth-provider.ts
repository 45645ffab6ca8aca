import { Injectable, Logger } from '@nestjs/common';
import { ALL_SCOPES, DomainError } from '#kernel';
import { Config } from '#platform/config';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import { errors, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { audienceOf } from './access-token-jwt';
import { isOriginOf } from './browser-origins';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { provesOneOf } from '../oauth-clients/client-secret';
import { OidcClients, OidcPayloads } from './oidc-adapter';
import { requestedScopes, uncoveredScope } from '../credentials/scope-rules';
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

/** The grant types that are offered; a client may be registered for others already. */
const OFFERED_GRANTS = ['client_credentials'];

/** Members of the discovery document that belong to the authorization endpoint. */
const OF_AUTHORIZATION = [
  'authorization_endpoint',
  'authorization_response_iss_parameter_supported',
  'claims_parameter_supported',
  'claims_supported',
  'code_challenge_methods_supported',
  'response_modes_supported',
];

/** Sets up `oidc-provider`: our routes, our tables, our keys, and access tokens as RS256 JWTs. */
@Injectable()
export class OAuthProvider {
  private readonly logger = new Logger(OAuthProvider.name);

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly keys: SigningKeys,
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
    private readonly issued: IssuedTokensRepository,
  ) {}

  async create(): Promise<Provider> {
    const provider = new Provider(this.config.http.publicUrl, await this.configuration());
    // Addresses it writes are those of HUB_PUBLIC_URL; the request is made to look so before it gets here.
    provider.proxy = true;
    provider.Client.prototype.compareClientSecret = function (actual: string): boolean {
      const hashes = this.clientSecret!.split('.').map((hash) => Buffer.from(hash, 'hex'));
      return provesOneOf(hashes, actual);
    };
    provider.registerGrantType<{ scope?: string }>('client_credentials', (ctx) => this.clientCredentials(ctx), 'scope');
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === DISCOVERY && ctx.body) ctx.body = discoveryDocument(ctx.body as object);
    });
    provider.on('server_error', (ctx, error) => this.fail(ctx, error));
    return provider;
  }

  private async configuration(): Promise<Configuration> {
    const { publicUrl } = this.config.http;
    return {
      routes: OAUTH_ROUTES,
      jwks: { keys: await this.keys.all() },
      adapter: (model) =>
        model === 'Client'
          ? new OidcClients(this.clients, OFFERED_GRANTS)
          : new OidcPayloads(model, this.database, this.secrets),
      cookies: { keys: [this.secrets.deriveKey('oidc-cookies').toString('hex')] },
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
      ttl: { ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? 3_600 },
      clientBasedCORS: (_ctx, origin, client) => isOriginOf(origin, client.redirectUris ?? [], publicUrl),
      responseTypes: [],
      scopes: ['openid'],
      discovery: {
        revocation_endpoint: publicUrl + OAUTH_ROUTES.revocation,
        revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      },
      features: {
        clientCredentials: { enabled: true },
        resourceIndicators: { enabled: true },
        devInteractions: { enabled: false },
        dPoP: { enabled: false },
        pushedAuthorizationRequests: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        userinfo: { enabled: false },
      },
      formats: {
        customizers: { jwt: (_ctx, token, jwt) => this.record(token, jwt.payload) },
      },
      // Browsers get the same JSON as programs.
      renderError: (ctx, out) => {
        ctx.type = 'json';
        ctx.body = out;
      },
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

  private fail(ctx: KoaContextWithOIDC, error: Error): void {
    if (error instanceof DomainError && error.kind === 'unavailable') {
      ctx.status = 503;
      ctx.set('Retry-After', String(Math.ceil(error.retryAfterSeconds ?? 1)));
      ctx.body = { error: 'temporarily_unavailable', error_description: error.message };
      return;
    }
    this.logger.error(error, undefined, `${ctx.method} ${ctx.path}`);
  }
}

/** The provider's own document without what is not offered, and with the platform's scopes. */
const discoveryDocument = (document: object): object => ({
  ...Object.fromEntries(Object.entries(document).filter(([name]) => !OF_AUTHORIZATION.includes(name))),
  scopes_supported: ALL_SCOPES,
});
