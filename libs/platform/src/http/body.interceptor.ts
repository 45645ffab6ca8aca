import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '#kernel';
import { json, type Request, type RequestHandler, type Response } from 'express';
import { from, switchMap, type Observable } from 'rxjs';
import { BODY_BY_HANDLER, BODY_LIMIT } from './routes';

const DEFAULT_LIMIT = 1024 * 1024;
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Reads JSON bodies after the guard, with the route's own limit: strangers get 401, not 400 or 413. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  private readonly parsers = new Map<number, RequestHandler>();

  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    if (!WITH_BODY.has(request.method)) return next.handle();
    if (this.reflector.get<boolean | undefined>(BODY_BY_HANDLER, context.getHandler())) return next.handle();
    const limit = this.reflector.get<number | undefined>(BODY_LIMIT, context.getHandler()) ?? DEFAULT_LIMIT;
    const response = context.switchToHttp().getResponse<Response>();
    return from(this.parse(request, response, limit)).pipe(switchMap(() => next.handle()));
  }

  private parse(request: Request, response: Response, limit: number): Promise<void> {
    return new Promise((resolve, reject) => {
      void this.parser(limit)(request, response, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(bodyError(error, limit));
      });
    });
  }

  private parser(limit: number): RequestHandler {
    const known = this.parsers.get(limit);
    if (known) return known;
    // Any JSON value may be a body; what it has to be is the route's affair.
    const parser = json({ limit, strict: false, type: ['application/json', 'application/*+json'], verify: keepHash });
    this.parsers.set(limit, parser);
    return parser;
  }
}

/** SHA-256 of bodies that came with an `Idempotency-Key`: whether a repeated request is the same one. */
const hashes = new WeakMap<object, Buffer>();

export const bodyHash = (request: Request): Buffer | undefined => hashes.get(request);

function keepHash(request: IncomingMessage, _response: unknown, body: Buffer): void {
  if ('idempotency-key' in request.headers) hashes.set(request, createHash('sha256').update(body).digest());
}

/** body-parser's errors carry a `type`; all but the size are the caller's malformed input. */
export function bodyError(error: unknown, limit: number): Error {
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') {
    return new DomainError('payload_too_large', `Body must be at most ${limit / (1024 * 1024)} MiB`);
  }
  if (type === 'entity.parse.failed') return new DomainError('bad_request', 'Body is not valid JSON');
  if (status !== undefined && status < 500) return new DomainError('bad_request', 'Body cannot be read');
  return error as Error;
}
