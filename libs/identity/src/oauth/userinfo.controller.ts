import { Controller, Get, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiBearerAuth, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { BearerErrorFilter, OAuthErrorFilter } from './oauth-error';
import { UserInfoView } from './userinfo.dto';
import { UserInfoService } from './userinfo.service';

/** Public to the guard: refusals here are those of RFC 6750, for scripts of other sites too. */
@ApiTags('OAuth2')
@ApiBearerAuth('bearer')
@Controller('oauth2/userinfo')
@OrganizationFree()
@UseFilters(OAuthErrorFilter, BearerErrorFilter)
export class UserInfoController {
  constructor(private readonly users: UserInfoService) {}

  /** Who the user of an access token with the scope `openid` is (OpenID Connect Core, section 5.3). */
  @Get()
  @Public()
  @AnswersRaw()
  @ApiResponse({ status: 200, description: 'Claims, by the scopes of the token', type: UserInfoView })
  @ApiResponse({ status: 401, description: 'The token is missing, unknown, expired or revoked' })
  @ApiResponse({ status: 403, description: 'The token lacks the scope openid' })
  get(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<UserInfoView> {
    return this.users.tell(request, response);
  }

  /** The same; the token may also stand in a form field `access_token` (RFC 6750, section 2.2). */
  @Post()
  @Public()
  @HttpCode(200)
  @AnswersRaw()
  @ApiResponse({ status: 200, description: 'Claims, by the scopes of the token', type: UserInfoView })
  @ApiResponse({ status: 401, description: 'The token is missing, unknown, expired or revoked' })
  @ApiResponse({ status: 403, description: 'The token lacks the scope openid' })
  post(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<UserInfoView> {
    return this.users.tell(request, response);
  }
}
