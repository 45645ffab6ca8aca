import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** A line for each request: method, path, status and time. Neither query nor headers, which may hold what is secret. */
export const requestLog = (logger: Logger): RequestHandler =>
  pinoHttp({
    logger,
    quietReqLogger: true,
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: line,
    customErrorMessage: line,
    serializers: { req: () => undefined, res: () => undefined },
  });

// Express rewrites `url` on its way through the routers.
const line = (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse): string =>
  `${request.method} ${(request.originalUrl ?? request.url ?? '').split('?')[0]} ${response.statusCode}`;
