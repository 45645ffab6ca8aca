import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { conflict, invalid, type Member } from '#kernel';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from './access';
import { bodyHash } from './body.interceptor';
import { IdempotencyStore, type IdempotencyClaim, type StoredAnswer } from './idempotency.store';
import { IDEMPOTENT } from './routes';

const POLL_MS = 50;
const LONGEST_WAIT_MS = 30_000;

/** Routes marked `@Idempotent()`: a repeated `Idempotency-Key` gets the first answer again and does nothing. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly store: IdempotencyStore,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.header('idempotency-key');
    const keptBy = this.reflector.get<string | undefined>(IDEMPOTENT, context.getHandler());
    if (keptBy !== 'answer' || key === undefined) return next.handle();
    const response = context.switchToHttp().getResponse<Response>();
    return from(this.answerOnce(claimOf(request, key), response, next));
  }

  private async answerOnce(claim: IdempotencyClaim, response: Response, next: CallHandler): Promise<unknown> {
    const first = await this.claimOrFirstAnswer(claim);
    if (first) return replay(first, response);
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.store.release(claim);
      throw error;
    }
    const location = response.getHeader('Location');
    await this.store.keep(claim, { status: response.statusCode, location: (location as string) ?? null, body });
    return body;
  }

  /** Waits while another request with the same key is at work. */
  private async claimOrFirstAnswer(claim: IdempotencyClaim): Promise<StoredAnswer | undefined> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const result = await this.store.claim(claim);
      if (result === 'claimed') return undefined;
      if (result === 'other-request') throw conflict('Idempotency-Key was used for another request');
      if (result !== 'running') return result;
      if (Date.now() > deadline) throw conflict('The first request with this Idempotency-Key is still at work');
      await delay(POLL_MS);
    }
  }
}

function claimOf(request: AuthenticatedRequest, key: string): IdempotencyClaim {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalid({ field: 'Idempotency-Key', message: 'Idempotency-Key must be 1–255 visible ASCII characters' });
  }
  const { organizationId, userId, clientId } = request.caller as Member;
  return {
    organizationId,
    caller: clientId ? `${userId}/${clientId}` : userId,
    key,
    fingerprint: fingerprint(request),
  };
}

const fingerprint = (request: Request): Buffer =>
  createHash('sha256')
    .update(`${request.method} ${request.originalUrl}\n`)
    .update(bodyHash(request) ?? '')
    .digest();

function replay(first: StoredAnswer, response: Response): unknown {
  response.status(first.status).setHeader('Idempotency-Replayed', 'true');
  if (first.location) response.setHeader('Location', first.location);
  return first.body;
}
