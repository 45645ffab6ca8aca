import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiNotFoundResponse, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { InteractionErrorFilter } from '../interaction/interaction-error.filter';
import { CompanySignIn } from './company-sign-in.service';

/** Where browsers go to a company and come back. Refusals are pages, or JSON for whoever prefers it. */
@ApiTags('Sign-in')
@Controller('auth/oidc')
@OrganizationFree()
@UseFilters(InteractionErrorFilter)
export class CompanySignInController {
  constructor(private readonly signIns: CompanySignIn) {}

  /** Takes a browser back from its company and signs the user in. The company registers this address. */
  @Get('callback/:slug')
  @ApiQuery({ name: 'state', required: true, description: 'As it was sent to the company' })
  @ApiQuery({ name: 'code', required: false, description: 'What the company confirms the sign-in with' })
  @ApiQuery({ name: 'iss', required: false, description: 'The issuer (RFC 9207)' })
  @ApiQuery({ name: 'error', required: false, description: 'Why the company refuses' })
  @ApiResponse({ status: 303, description: 'On to the application that the user signs in for' })
  @ApiResponse({ status: 400, description: 'Nobody waits for this answer, in this browser' })
  @ApiResponse({ status: 403, description: 'The company, or what it says of the user, is not accepted' })
  @ApiNotFoundResponse({ description: 'No enabled provider of that name' })
  @Public()
  @AnswersRaw()
  finish(@Req() request: Request, @Res() response: Response, @Param('slug') slug: string): Promise<void> {
    return this.signIns.finish(request, response, slug);
  }

  /** Sends a browser from the sign-in page to its company. */
  @Get(':slug/start')
  @ApiQuery({ name: 'interaction', required: true, description: 'The sign-in that waits for it' })
  @ApiResponse({ status: 302, description: 'On to the company' })
  @ApiNotFoundResponse({ description: 'No enabled provider of that name, or no such sign-in in this browser' })
  @Public()
  @AnswersRaw()
  start(@Req() request: Request, @Res() response: Response, @Param('slug') slug: string): Promise<void> {
    return this.signIns.start(request, response, slug);
  }
}
