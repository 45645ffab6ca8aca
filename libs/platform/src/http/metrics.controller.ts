import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DomainError } from '#kernel';
import type { Request } from 'express';
import { collectDefaultMetrics, register } from 'prom-client';
import { Config } from '../config';
import { tokenHash } from '../crypto';
import { AnswersRaw, Public } from './routes';

/** Prometheus text for scrapers: with HUB_METRICS_TOKEN, or from this machine where none is set. */
@ApiExcludeController()
@Controller('metrics')
@Public()
export class MetricsController {
  constructor(private readonly config: Config) {
    if (!register.getSingleMetric('process_cpu_user_seconds_total')) collectDefaultMetrics();
  }

  @Get()
  @AnswersRaw()
  @Header('Content-Type', register.contentType)
  metrics(@Req() request: Request): Promise<string> {
    if (!this.mayRead(request)) throw new DomainError('unauthenticated', 'missing or invalid token');
    return register.metrics();
  }

  private mayRead(request: Request): boolean {
    const { metricsToken } = this.config;
    if (metricsToken === undefined) return /^(::ffff:)?127\.|^::1$/.test(request.ip ?? '');
    const given = (request.header('authorization') ?? '').replace(/^Bearer /, '');
    return timingSafeEqual(tokenHash(given), tokenHash(metricsToken));
  }
}
