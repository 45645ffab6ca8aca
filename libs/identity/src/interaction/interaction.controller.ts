import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AnswersRaw, OrganizationFree, Public } from '#platform/http';
import type { Request, Response } from 'express';
import { InteractionErrorFilter } from './interaction-error.filter';
import { InteractionService } from './interaction.service';

/** Pages for people in browsers; the API's document is about what programs call. */
@ApiExcludeController()
@Controller('oauth2/interaction/:uid')
@OrganizationFree()
@UseFilters(InteractionErrorFilter)
export class InteractionController {
  constructor(private readonly pages: InteractionService) {}

  @Get()
  @Public()
  @AnswersRaw()
  show(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.pages.show(request, response);
  }

  @Post('sign-in')
  @Public()
  @AnswersRaw()
  signIn(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.pages.signIn(request, response);
  }

  @Post('consent')
  @Public()
  @AnswersRaw()
  decide(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.pages.decide(request, response);
  }

  @Post('cancel')
  @Public()
  @AnswersRaw()
  cancel(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.pages.cancel(request, response);
  }
}
