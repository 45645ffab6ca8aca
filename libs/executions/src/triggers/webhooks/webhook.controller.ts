import { All, Controller, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AnswersRaw, BodyByHandler, Public } from '#platform/http';
import { WebhookService } from './webhook.service';

@ApiExcludeController()
@Controller('scheduler/webhooks')
export class WebhookController {
  constructor(private readonly webhooks: WebhookService) {}

  @All('*path')
  @Public()
  @BodyByHandler()
  @AnswersRaw()
  receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.webhooks.receive(request, response);
  }
}
