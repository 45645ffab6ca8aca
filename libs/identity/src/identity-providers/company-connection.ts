import { Injectable } from '@nestjs/common';
import { BriefCache } from '#platform/cache';
import { Config } from '#platform/config';
import { SecretBox } from '#platform/crypto';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { fetchBounded } from './bounded-fetch';
import { openClientSecret } from './client-secret';
import { CompanyStrategy } from './company-strategy';
import { discover, type Discovery } from './discovery';
import type { IdentityProvider } from './identity-provider.entity';
import { SignInStates } from './sign-in-states';

const MOST_KEPT = 100;
/** A company that moves its endpoints is followed after this. */
const DISCOVERY_FRESH_MS = 5 * 60_000;
/** A key that the company takes back is refused after this; a new one is fetched when it is first seen. */
const KEYS_FRESH_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;

export interface CompanyConnection {
  discovery: Discovery;
  strategy: CompanyStrategy;
  /** The keys its ID tokens are signed with. */
  keys: JWTVerifyGetKey;
}

/** Made from a provider's row and discovery document, and kept for as long as neither is likely to change. */
@Injectable()
export class CompanyConnections {
  private readonly kept = new BriefCache<CompanyConnection>(MOST_KEPT, DISCOVERY_FRESH_MS);

  constructor(
    private readonly config: Config,
    private readonly secrets: SecretBox,
    private readonly states: SignInStates,
  ) {}

  /** @throws ProviderProblem when the company does not answer as it should. */
  open(provider: IdentityProvider): Promise<CompanyConnection> {
    return this.kept.get(`${provider.id}/${provider.version}`, () => this.connect(provider));
  }

  private async connect(provider: IdentityProvider): Promise<CompanyConnection> {
    const discovery = await discover(provider.issuer);
    const strategy = new CompanyStrategy({
      discovery,
      clientId: provider.clientId,
      clientSecret: openClientSecret(this.secrets, provider),
      callbackUrl: callbackUrlOf(this.config, provider),
      scopes: provider.scopes,
      store: this.states.storeOf(provider),
    });
    const keys = createRemoteJWKSet(new URL(discovery.jwksUri), {
      cacheMaxAge: KEYS_FRESH_MS,
      timeoutDuration: TIMEOUT_MS,
      [customFetch]: async (url) => {
        const { status, text } = await fetchBounded(url);
        return new Response(text, { status });
      },
    });
    return { discovery, strategy, keys };
  }
}

/** What the company has to register as redirect URI. */
export const callbackUrlOf = ({ http }: Config, { slug }: Pick<IdentityProvider, 'slug'>): string =>
  `${http.publicUrl}/api/v1/auth/oidc/callback/${slug}`;
