import { Injectable } from '@nestjs/common';
import { RateLimits } from '#platform/http';
import type { Request, Response } from 'express';
import { AccessTokenJwt } from './access-token-jwt';
import { clientCovers } from '../credentials/scope-rules';
import { readForm } from './form-body';
import { IssuedTokensRepository } from './issued-tokens.repository';
import { openToScripts, requireOwnSite } from './oauth-cors';
import { BearerError, OAuthError } from './oauth-error';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { userClaims } from './user-claims';
import type { UserInfoView } from './userinfo.dto';
import { UsersRepository } from '../users/users.repository';

const OF_PROFILE = ['name', 'given_name', 'family_name', 'updated_at'];

/** Who the user of an access token is (OpenID Connect Core, section 5.3), as far as its scopes tell. */
@Injectable()
export class UserInfoService {
  constructor(
    private readonly limits: RateLimits,
    private readonly issued: IssuedTokensRepository,
    private readonly clients: OAuthClientsRepository,
    private readonly users: UsersRepository,
    private readonly jwt: AccessTokenJwt,
  ) {}

  /** @throws BearerError `invalid_token`, `insufficient_scope`; OAuthError `invalid_request`. */
  async tell(request: Request, response: Response): Promise<UserInfoView> {
    openToScripts(request, response);
    response.set('Cache-Control', 'no-store');
    const token = await readToken(request, response);
    const jti = token === undefined ? undefined : await this.jwt.verify(token);
    const live = jti === undefined ? undefined : await this.issued.findLive(jti);
    if (!live) {
      await this.limits.countRefusal(request.ip ?? '');
      throw new BearerError(401, token === undefined ? undefined : 'invalid_token');
    }
    await this.limits.checkCredential(live.jti);
    requireOwnSite(request, response, await this.clients.get(live.clientId));
    const scopes = live.scopes.filter((scope) => clientCovers(live.clientScopes, scope));
    if (!scopes.includes('openid')) throw new BearerError(403, 'insufficient_scope', 'openid');
    const { sub, ...claims } = userClaims(await this.users.get(live.userId));
    const told = [...(scopes.includes('profile') ? OF_PROFILE : []), ...(scopes.includes('email') ? ['email'] : [])];
    return { sub, ...Object.fromEntries(told.map((name) => [name, claims[name]])) };
  }
}

/** RFC 6750, sections 2.1 and 2.2; never from the address, which gets logged. */
async function readToken(request: Request, response: Response): Promise<string | undefined> {
  const header = request.header('authorization');
  const form = request.method === 'POST' && request.is('application/x-www-form-urlencoded');
  const field = form ? (await readForm(request, response)).access_token : undefined;
  if (header !== undefined && field !== undefined) {
    throw new OAuthError(400, 'invalid_request', 'access token must only be provided using one mechanism');
  }
  return header === undefined ? field : (/^bearer +(\S+)$/i.exec(header)?.[1] ?? '');
}
