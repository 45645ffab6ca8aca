import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { withCall } from '../audit';
import { withLogFields } from '../logging';

const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** Every answer and log line carries the request's id: the caller's own where it is a sane one. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.header('x-request-id');
  const requestId = given !== undefined && ACCEPTABLE.test(given) ? given : randomUUID();
  response.setHeader('X-Request-ID', requestId);
  const call = { requestId, address: request.ip ?? '', userAgent: request.header('user-agent') };
  withCall(call, () => withLogFields({ requestId }, next));
}
