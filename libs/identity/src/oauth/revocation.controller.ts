import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { RevocationRequest } from './revocation.dto';
import { OAuthErrorFilter } from './oauth-error';
import { RevocationService } from './revocation.service';

@ApiTags('OAuth2')
@Controller('oauth2/revoke')
@OrganizationFree()
@UseFilters(OAuthErrorFilter)
export class RevocationController {
  constructor(private readonly revocations: RevocationService) {}

  /** Ends an access token (RFC 7009); the client authenticates as at the token endpoint. */
  @Post()
  @Public()
  @HttpCode(200)
  @AnswersRaw()
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: RevocationRequest })
  @ApiResponse({ status: 200, description: 'The token no longer works, or never did' })
  @ApiResponse({ status: 400, description: 'Malformed, or the token of another client' })
  @ApiResponse({ status: 401, description: 'The client could not prove who it is' })
  revoke(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.revocations.revoke(request, response);
  }
}
