import type { Request } from 'express';

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;

/**
 * The token of a request (RFC 6750, section 2.1 alone: tokens in addresses and forms end up in logs). Nothing where
 * there are two: whatever stands in front of us may have looked at the other one.
 */
export function bearerToken({ headers, rawHeaders }: Request): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined || isRepeated(rawHeaders)) return undefined;
  return BEARER.exec(authorization)?.[1];
}

/** Node keeps the first of several in `headers`. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 13 && name.toLowerCase() === 'authorization' && ++count > 1) return true;
  }
  return false;
}
