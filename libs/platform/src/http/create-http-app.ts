import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { Config } from '../config';
import { createPino, NestLogger } from '../logging';
import { serveOpenApi } from './openapi';
import { requestContext } from './request-context.middleware';
import { requestLog } from './request-log';
import { API_PREFIX, requireCompleteRoutes, routeTable, UNPREFIXED } from './route-table';

/** Seconds a kept-alive connection may idle: longer than the load balancers' own 60. */
const KEEP_ALIVE_MS = 65_000;

/** The HTTP application, ready to listen; `main.ts` and tests make it here and nowhere else. */
export async function createHttpApp(module: Type | DynamicModule, config: Config): Promise<NestExpressApplication> {
  const pino = createPino(config.log);
  const app = await NestFactory.create<NestExpressApplication>(module as Type, {
    bodyParser: false,
    logger: new NestLogger(pino),
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', config.http.trustProxy);
  app.use(requestContext);
  if (config.http.logRequests) app.use(requestLog(pino));
  app.use(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, crossOriginOpenerPolicy: false }));
  app.setGlobalPrefix(API_PREFIX, { exclude: UNPREFIXED.flatMap((path) => [path, `${path}/{*rest}`]) });
  requireCompleteRoutes(routeTable(app));
  serveOpenApi(app);
  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return app;
}
