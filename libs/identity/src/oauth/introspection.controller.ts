import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { IntrospectionRequest, IntrospectionView } from './introspection.dto';
import { IntrospectionService } from './introspection.service';
import { OAuthErrorFilter } from './oauth-error';

@ApiTags('OAuth2')
@Controller('oauth2/introspect')
@OrganizationFree()
@UseFilters(OAuthErrorFilter)
export class IntrospectionController {
  constructor(private readonly introspections: IntrospectionService) {}

  /** Tells a confidential client about an access or refresh token of its own (RFC 7662); all others are inactive. */
  @Post()
  @Public()
  @HttpCode(200)
  @AnswersRaw()
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionRequest })
  @ApiResponse({ status: 200, description: 'What the token is good for', type: IntrospectionView })
  @ApiResponse({ status: 400, description: 'Malformed' })
  @ApiResponse({ status: 401, description: 'The client could not prove who it is' })
  introspect(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<IntrospectionView> {
    return this.introspections.introspect(request, response);
  }
}
