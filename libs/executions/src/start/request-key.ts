import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { invalid } from '#kernel';
import type { Request } from 'express';

/** The `Idempotency-Key` of a request, and what it is for: the same key with another request is refused. */
export interface RequestKey {
  key: string;
  fingerprint: Buffer;
}

/** @throws DomainError `bad_request` for a key that is none. */
export function keyTextOf(request: Request): string | undefined {
  const key = request.header('idempotency-key');
  if (key === undefined || /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw invalid({ field: 'Idempotency-Key', message: 'Idempotency-Key must be 1–255 visible ASCII characters' });
}

/** @throws DomainError `bad_request` for a key that is none. */
export function requestKeyOf(request: Request): RequestKey | undefined {
  const key = keyTextOf(request);
  if (key === undefined) return undefined;
  const body = JSON.stringify(request.body ?? null);
  return { key, fingerprint: createHash('sha256').update(`${request.method} ${request.path}\n${body}`).digest() };
}

export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  requestKeyOf(context.switchToHttp().getRequest<Request>()),
);
