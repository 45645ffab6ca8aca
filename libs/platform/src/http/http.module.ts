import {
  Global,
  Module,
  type DynamicModule,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { Database } from '../database';
import { Lifecycle } from '../lifecycle';
import { AccessGuard } from './access.guard';
import { AnswerInterceptor } from './answer.interceptor';
import { BodyInterceptor } from './body.interceptor';
import { DocumentedPaths } from './documented-paths';
import { ErrorFilter } from './error.filter';
import { HealthParts } from './health-parts';
import { HealthController } from './health.controller';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { IdempotencyStore } from './idempotency.store';
import { MetricsController } from './metrics.controller';
import { failedAddress, unknownAddress } from './outside-routes';
import { ReferenceSignIn } from './reference-sign-in';
import { RateLimits } from './rate-limits';
import { Standing } from './standing';
import { validationPipe } from './validation';

/** Everything that every request passes. The given modules provide `Authenticator` and `OrganizationResolver`. */
@Global()
@Module({})
export class HttpModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly health: HealthParts,
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
    private readonly host: HttpAdapterHost,
  ) {}

  static with(ports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: HttpModule,
      imports: [TerminusModule.forRoot({ logger: false }), DiscoveryModule, ...ports],
      controllers: [HealthController, MetricsController],
      providers: [
        RateLimits,
        HealthParts,
        DocumentedPaths,
        ReferenceSignIn,
        IdempotencyStore,
        Standing,
        { provide: APP_GUARD, useClass: AccessGuard },
        // In this order, outermost first.
        { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
      exports: [RateLimits, HealthParts, DocumentedPaths, ReferenceSignIn, IdempotencyStore, Standing],
    };
  }

  onModuleInit(): void {
    this.health.register('lifecycle', () => this.requireReady());
    this.health.register('database', () => this.database.ping());
  }

  /** Behind every route, whoever registered it. */
  onApplicationBootstrap(): void {
    this.host.httpAdapter.use(unknownAddress, failedAddress);
  }

  /** Not before everything listens, and no more once the end has begun. */
  private requireReady(): Promise<void> {
    return this.lifecycle.ready ? Promise.resolve() : Promise.reject(new Error('not ready'));
  }
}
