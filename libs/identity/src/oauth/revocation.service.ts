import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#platform/audit';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import type { Request, Response } from 'express';
import { AccessTokenJwt } from './access-token-jwt';
import { AccessTokensRepository } from '../access-tokens/access-tokens.repository';
import { ClientAuthentication } from './client-authentication';
import { CredentialService } from '../credentials/credential.service';
import { readForm } from './form-body';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { openToScripts, requireOwnSite } from './oauth-cors';
import { OAuthError } from './oauth-error';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { RefreshTokens } from './refresh-tokens';
import { tokenKind } from '../credentials/tokens';
import { UserGrants } from './user-grants';

/** Token revocation (RFC 7009): access tokens by themselves, refresh tokens with all that came of their grant. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly database: Database,
    private readonly clients: ClientAuthentication,
    private readonly tokens: AccessTokensRepository,
    private readonly issued: IssuedTokensRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly grants: UserGrants,
    private readonly jwt: AccessTokenJwt,
    private readonly credentials: CredentialService,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws OAuthError `invalid_request`, `invalid_client`, or `unauthorized_client` for another client's token. */
  async revoke(request: Request, response: Response): Promise<void> {
    openToScripts(request, response);
    const form = await readForm(request, response);
    const client = await this.clients.authenticate(request, form);
    requireOwnSite(request, response, client);
    const { token } = form;
    if (!token) throw new OAuthError(400, 'invalid_request', "missing required parameter 'token'");
    await this.end(token, client);
    this.credentials.forget(tokenHash(token));
  }

  /** What is no live token of ours needs no revoking: that is no error (section 2.2). */
  private async end(token: string, client: OAuthClient): Promise<void> {
    switch (tokenKind(token)) {
      case 'token':
        // A personal token was issued to no client: whoever has it may end it.
        return this.noted(client, 'personal access token', () => this.tokens.revoke(tokenHash(token)));
      case 'jwt':
        return this.endAccessToken(token, client);
      case 'session':
        return;
      default:
        return this.endRefreshToken(token, client);
    }
  }

  private async endAccessToken(token: string, client: OAuthClient): Promise<void> {
    const jti = await this.jwt.verify(token);
    const owner = jti === undefined ? undefined : await this.issued.ownerOf(jti);
    if (jti === undefined || owner === undefined) return;
    if (owner !== client.id) throw ofAnother();
    await this.noted(client, 'access token', () => this.issued.revoke(jti));
  }

  private async endRefreshToken(token: string, client: OAuthClient): Promise<void> {
    const found = await this.refreshTokens.find(token);
    if (!found) return;
    if (found.clientId !== client.clientId) throw ofAnother();
    await this.noted(client, 'refresh token', () => this.grants.end(found.grantId!));
  }

  private noted({ id, name }: OAuthClient, kind: string, work: () => Promise<unknown>): Promise<void> {
    return this.database.asSystem(async () => {
      await work();
      const entity = { type: 'oauth_client', id, name };
      await this.audit.record({ action: 'oauth_token.revoke', entity, details: { kind } });
    });
  }
}

const ofAnother = (): OAuthError =>
  new OAuthError(400, 'unauthorized_client', 'the token was issued to another client');
