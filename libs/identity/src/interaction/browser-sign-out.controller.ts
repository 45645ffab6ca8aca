import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { BrowserSignOut } from './browser-sign-out.service';

/** For our own pages in browsers; programs revoke their tokens instead. */
@ApiExcludeController()
@Controller('oauth2/browser-sign-out')
@OrganizationFree()
export class BrowserSignOutController {
  constructor(private readonly browsers: BrowserSignOut) {}

  @Post()
  @Public()
  @AnswersRaw()
  signOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.browsers.signOut(request, response);
  }
}
