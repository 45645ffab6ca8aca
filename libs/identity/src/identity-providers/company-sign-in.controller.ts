import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { InteractionErrorFilter } from '../interaction/interaction-error.filter';
import { CompanySignIn } from './company-sign-in.service';

/** Where browsers go to a company and come back; the API's document is about what programs call. */
@ApiExcludeController()
@Controller('auth/oidc')
@OrganizationFree()
@UseFilters(InteractionErrorFilter)
export class CompanySignInController {
  constructor(private readonly signIns: CompanySignIn) {}

  @Get('callback/:slug')
  @Public()
  @AnswersRaw()
  finish(@Req() request: Request, @Res() response: Response, @Param('slug') slug: string): Promise<void> {
    return this.signIns.finish(request, response, slug);
  }

  @Get(':slug/start')
  @Public()
  @AnswersRaw()
  start(@Req() request: Request, @Res() response: Response, @Param('slug') slug: string): Promise<void> {
    return this.signIns.start(request, response, slug);
  }
}
