import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import type Provider from 'oidc-provider';
import { audienceOf } from './access-token-jwt';
import { Consent } from './consent.entity';
import { clientCovers, isOidcScope } from '../credentials/scope-rules';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';

type Grant = InstanceType<Provider['Grant']>;

/** Sign-in and code exchange happen within this time after the grant is made. */
const MARGIN_SECONDS = 3_600;

/** What users have allowed clients, and the grants that rest on it: one for each authorization, the root of its tokens. */
@Injectable()
export class Consents {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Whether the user has allowed the client all of this before. */
  async cover(userId: string, client: OAuthClient, scopes: readonly string[]): Promise<boolean> {
    const key = { userId, clientId: client.id };
    const consent = await this.database.asSystem((manager) => manager.findOneBy(Consent, key));
    return consent !== null && scopes.every((scope) => clientCovers(consent.scopes, scope));
  }

  /** Adds to what the user has allowed the client. Joins the caller's transaction. */
  async remember(userId: string, client: OAuthClient, scopes: readonly string[]): Promise<void> {
    await this.database.asSystem((manager) => manager.query(REMEMBER, [userId, client.id, scopes]));
  }

  /** A grant of these scopes, saved: it lives as long as a refresh token that rests on it can. */
  async newGrant(provider: Provider, userId: string, client: OAuthClient, scopes: readonly string[]): Promise<Grant> {
    const grant = new provider.Grant({ accountId: userId, clientId: client.clientId });
    const oidc = scopes.filter(isOidcScope);
    if (oidc.length > 0) grant.addOIDCScope(oidc);
    grant.addResourceScope(audienceOf(this.config), [...scopes]);
    const lasts = Math.max(client.accessTokenTtlSeconds, client.refreshTokenTtlSeconds) + MARGIN_SECONDS;
    Object.assign(grant, { expiresIn: lasts });
    await grant.save();
    return grant;
  }
}

const REMEMBER = `
  INSERT INTO oauth_consents (user_id, client_id, scopes) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, client_id) DO UPDATE SET
    scopes = ARRAY(SELECT DISTINCT unnest(oauth_consents.scopes || excluded.scopes)), updated_at = now()`;
