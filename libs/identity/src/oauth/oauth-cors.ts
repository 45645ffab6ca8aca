import type { Request, Response } from 'express';
import { OAuthError } from './oauth-error';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';

const PREFLIGHT_SECONDS = 3_600;

/** Lets scripts of any site ask; whether they read an answer is decided once the client is known. */
export function answerPreflight(request: Request, response: Response, methods: string): void {
  response.vary('Origin').set({
    'Access-Control-Allow-Origin': request.header('origin') ?? '*',
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': request.header('access-control-request-headers') ?? 'Authorization, Content-Type',
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  });
  response.status(204).end();
}

/** Until the client is known, a script may read why it was refused. */
export function openToScripts(request: Request, response: Response): void {
  response.vary('Origin');
  const origin = request.header('origin');
  if (origin === undefined) return;
  response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'WWW-Authenticate' });
}

/** The sites that a client's browsers come back to are its own; pages without an origin belong to none. */
export const isOwnSite = (origin: string, redirectUris: readonly string[]): boolean =>
  origin !== 'null' && redirectUris.some((uri) => new URL(uri).origin === origin);

/** @throws OAuthError `invalid_request` for scripts of other sites, which cannot read even that. */
export function requireOwnSite(request: Request, response: Response, { redirectUris }: OAuthClient): void {
  const origin = request.header('origin');
  if (origin === undefined || isOwnSite(origin, redirectUris)) return;
  response.removeHeader('Access-Control-Allow-Origin');
  throw new OAuthError(400, 'invalid_request', 'this origin is not one of the client');
}
