import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { invalid } from '#kernel';
import type { Request } from 'express';

/** The version the caller last saw, from `If-Match`; undefined when there is none, or `*` (RFC 9110, section 13.1.1). */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined =>
  parseIfMatch(context.switchToHttp().getRequest<Request>().header('if-match')),
);

/** A tag we never gave out matches nothing: it becomes version 0, which no row has. */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^\s*"(\d{1,9})"\s*$/.exec(header);
  if (match) return Number(match[1]);
  if (/^\s*(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*\s*$/.test(header)) return 0;
  throw invalid({ field: 'If-Match', message: 'If-Match must be an ETag' });
}
