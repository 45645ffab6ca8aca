import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { decodeJwt } from 'jose';
import { AccessTokenJwt } from './access-token-jwt';
import { ClientAuthentication } from './client-authentication';
import { clientCovers } from '../credentials/scope-rules';
import { readForm } from './form-body';
import type { IntrospectionView } from './introspection.dto';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { OAuthError } from './oauth-error';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { RefreshTokens } from './refresh-tokens';
import { UsersRepository } from '../users/users.repository';

const INACTIVE: IntrospectionView = { active: false };

/** Token introspection (RFC 7662) for the client that a token was issued to, and for nobody else. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly issued: IssuedTokensRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly users: UsersRepository,
    private readonly jwt: AccessTokenJwt,
  ) {}

  /**
   * Tokens of other clients, personal access tokens and sessions are inactive to whoever asks, like unknown ones
   * (section 2.2): a client learns nothing of what is not its own.
   * @throws OAuthError `invalid_request`, `invalid_client`; public clients cannot prove who they are.
   */
  async introspect(request: Request, response: Response): Promise<IntrospectionView> {
    response.set('Cache-Control', 'no-store');
    const form = await readForm(request, response);
    const client = await this.clients.authenticate(request, form);
    if (client.secretHash === null) throw new OAuthError(401, 'invalid_client', 'the client has no secret');
    const { token } = form;
    if (!token) throw new OAuthError(400, 'invalid_request', "missing required parameter 'token'");
    return (await this.accessToken(token, client)) ?? (await this.refreshToken(token, client)) ?? INACTIVE;
  }

  private async accessToken(token: string, client: OAuthClient): Promise<IntrospectionView | undefined> {
    const jti = await this.jwt.verify(token);
    const live = jti === undefined ? undefined : await this.issued.findLive(jti);
    const user = live && (await this.users.findActive(live.userId));
    if (live?.clientId !== client.id || !user) return undefined;
    const { iss, sub, aud, exp, iat } = decodeJwt(token);
    const scope = live.scopes.filter((held) => clientCovers(live.clientScopes, held)).join(' ');
    const { clientId: client_id } = client;
    return { active: true, scope, client_id, username: user.email, token_type: 'bearer', exp, iat, sub, aud, iss, jti };
  }

  private async refreshToken(token: string, client: OAuthClient): Promise<IntrospectionView | undefined> {
    const found = await this.refreshTokens.find(token);
    const user = found?.accountId === undefined ? null : await this.users.findActive(found.accountId);
    if (!found?.isValid || found.clientId !== client.clientId || !user) return undefined;
    const { scope, clientId: client_id, exp, iat } = found;
    return { active: true, scope, client_id, username: user.email, exp, iat, sub: user.id };
  }
}
