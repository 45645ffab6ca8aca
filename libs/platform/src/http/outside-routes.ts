import { Logger } from '@nestjs/common';
import type { ErrorRequestHandler, RequestHandler } from 'express';

/*
 * Addresses outside the API's prefix. Nest's own answers are for those below it; Express would send pages of HTML.
 */

export const unknownAddress: RequestHandler = (_request, response) => {
  response.status(404).json({ error: 'not_found', message: 'Route not found' });
};

export const failedAddress: ErrorRequestHandler = (error: { status?: number }, request, response, next) => {
  if (response.headersSent) return next(error);
  if (error.status !== undefined && error.status < 500) {
    response.status(400).json({ error: 'bad_request', message: 'Malformed request' });
    return;
  }
  new Logger('http').error(error, undefined, `${request.method} ${request.path}`);
  response.status(500).json({ error: 'internal', message: 'Internal error' });
};
