import { Controller, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Config } from '#platform/config';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { readForm } from './form-body';
import { OAuthError, OAuthErrorFilter } from './oauth-error';
import { OAUTH_ROUTES } from './oauth-provider';

/** What a request line may hold with every server and proxy on the way. */
const LONGEST_QUERY = 8_000;

/**
 * Authorization requests as a form (OpenID Connect Core, section 3.1.2.1) go on as an address: browsers send the
 * cookie of the sign-in with what they fetch, not with what another site lets them post. Described in `OAUTH_PATHS`.
 */
@ApiExcludeController()
@Controller('oauth2/authorize')
@OrganizationFree()
@UseFilters(OAuthErrorFilter)
export class AuthorizationController {
  constructor(private readonly config: Config) {}

  @Post()
  @Public()
  @AnswersRaw()
  async post(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.redirect(303, addressOf(this.config, await readForm(request, response)));
  }
}

function addressOf({ http }: Config, form: Record<string, string>): string {
  const query = new URLSearchParams(form).toString();
  if (query.length > LONGEST_QUERY) throw new OAuthError(400, 'invalid_request', 'the request is too long');
  return `${http.publicUrl}${OAUTH_ROUTES.authorization}?${query}`;
}
