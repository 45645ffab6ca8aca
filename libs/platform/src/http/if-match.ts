import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { invalid } from '#kernel';
import type { Request } from 'express';
import type { SeenVersion } from '../database';

export type { SeenVersion };

/**
 * The version the caller last saw, from `If-Match`; undefined when there is none, or `*` (RFC 9110, section 13.1.1).
 * A handler passes it on to `requireVersion` and looks no closer.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): SeenVersion =>
  parseIfMatch(context.switchToHttp().getRequest<Request>().header('if-match')),
);

const TAG = '(?:W/)?"[^"]*"';
const LIST = new RegExp(`^\\s*${TAG}(?:\\s*,\\s*${TAG})*\\s*$`);

/** One version where there is one tag, a list where there are several. */
export function parseIfMatch(header: string | undefined): SeenVersion {
  if (header === undefined || header.trim() === '*') return undefined;
  if (!LIST.test(header)) throw invalid({ field: 'If-Match', message: 'If-Match must be an ETag' });
  const versions = header.match(new RegExp(TAG, 'g'))!.map(versionOf);
  return versions.length === 1 ? versions[0] : versions;
}

/** A tag we never gave out, or a weak one, matches nothing: it becomes version 0, which no row has. */
const versionOf = (tag: string): number => (/^"\d{1,9}"$/.test(tag) ? Number(tag.slice(1, -1)) : 0);
