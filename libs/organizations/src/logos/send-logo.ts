import type { Request, Response } from 'express';
import type { Logo } from './logo.entity';

/** Users have made it: browsers show it as what it is and run nothing in it, wherever it is opened. */
export function sendLogo({ mediaType, content, digest }: Logo, request: Request, response: Response): void {
  const tag = `"${digest}"`;
  response.set({
    ETag: tag,
    'Cache-Control': 'private, no-cache',
    'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; sandbox`,
    'Content-Disposition': 'inline',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.header('if-none-match') === tag) response.status(304).end();
  else response.type(mediaType).send(content);
}
