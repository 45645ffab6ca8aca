import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Response } from 'express';
import { HealthParts } from './health-parts';
import { AnswersRaw, Public } from './routes';

/** For orchestrators and load balancers: `live` = the process answers, `ready` = every part it needs does. */
@ApiExcludeController()
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly parts: HealthParts,
  ) {}

  @Get('live')
  @AnswersRaw()
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @AnswersRaw()
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    try {
      return await this.health.check(
        this.parts.all().map(
          ({ name, check }) =>
            () =>
              this.state(name, check),
        ),
      );
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      response.status(503);
      return error.getResponse() as object;
    }
  }

  private async state(name: string, check: () => Promise<void>) {
    const part = this.indicator.check(name);
    try {
      await check();
      return part.up();
    } catch {
      return part.down();
    }
  }
}
