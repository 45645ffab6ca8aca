import { Injectable } from '@nestjs/common';
import { tokenHash } from '#platform/crypto';
import type { Request, Response } from 'express';
import { AccessTokenJwt } from './access-token-jwt';
import { AccessTokensRepository } from '../access-tokens/access-tokens.repository';
import { readClientCredentials } from './client-credentials';
import { CredentialService } from '../credentials/credential.service';
import { readForm } from './form-body';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { OAuthError } from './oauth-error';
import { provesClient } from '../oauth-clients/client-secret';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { tokenKind } from '../credentials/tokens';

/** Token revocation (RFC 7009) for tokens that `oidc-provider` does not keep: access token JWTs and personal ones. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly tokens: AccessTokensRepository,
    private readonly issued: IssuedTokensRepository,
    private readonly jwt: AccessTokenJwt,
    private readonly credentials: CredentialService,
  ) {}

  /** @throws OAuthError `invalid_request`, `invalid_client`, or `unauthorized_client` for another client's token. */
  async revoke(request: Request, response: Response): Promise<void> {
    const form = await readForm(request, response);
    const client = await this.authenticate(request.header('authorization'), form);
    const { token } = form;
    if (!token) throw new OAuthError(400, 'invalid_request', "missing required parameter 'token'");
    await this.end(token, client);
    this.credentials.forget(tokenHash(token));
  }

  private async authenticate(authorization: string | undefined, form: Record<string, string>): Promise<OAuthClient> {
    const { clientId, secret } = readClientCredentials(authorization, form);
    const client = await this.clients.findEnabled(clientId);
    if (!client || !provesClient(client, secret))
      throw new OAuthError(401, 'invalid_client', 'client authentication failed');
    return client;
  }

  /** What is no live token of ours needs no revoking: that is no error (section 2.2). */
  private async end(token: string, client: OAuthClient): Promise<void> {
    const kind = tokenKind(token);
    // A personal token was issued to no client: whoever has it may end it.
    if (kind === 'token') await this.tokens.revoke(tokenHash(token));
    if (kind !== 'jwt') return;
    const jti = await this.jwt.verify(token);
    const owner = jti === undefined ? undefined : await this.issued.ownerOf(jti);
    if (jti === undefined || owner === undefined) return;
    if (owner !== client.id) throw new OAuthError(400, 'unauthorized_client', 'the token was issued to another client');
    await this.issued.revoke(jti);
  }
}
