import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DomainError } from '#kernel';
import { Config } from '#platform/config';
import { DocumentedPaths, RateLimits, tooMany } from '#platform/http';
import type { NextFunction, Request, Response } from 'express';
import type { Provider } from 'oidc-provider';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { errorPage } from '../interaction/error-pages';
import { PAGE_HEADERS } from '../interaction/page-headers';
import { OAUTH_PATHS } from './oauth-paths';
import { answerPreflight } from './oauth-cors';
import { DISCOVERY, OAUTH_ROUTES, OAuthProvider } from './oauth-provider';

/** What the provider serves. Its other routes are ours, or are not offered yet. */
const SERVED = new Set([
  `GET ${OAUTH_ROUTES.authorization}`,
  `POST ${OAUTH_ROUTES.token}`,
  ...[OAUTH_ROUTES.jwks, DISCOVERY].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
  ...[OAUTH_ROUTES.token, OAUTH_ROUTES.jwks, DISCOVERY].map((path) => `OPTIONS ${path}`),
]);

/** Of one address, which may be that of a whole site. Each leaves a row for half an hour. */
const MOST_STARTS_A_MINUTE = 600;

/** Controllers answer these; the router knows no OPTIONS of theirs. */
const PREFLIGHTS: Record<string, string> = {
  [OAUTH_ROUTES.revocation]: 'POST',
  [OAUTH_ROUTES.userinfo]: 'GET, POST',
};

const isPreflight = ({ method, headers }: Request): boolean =>
  method === 'OPTIONS' && 'access-control-request-method' in headers;

/** Where browsers come back from the pages. */
const RESUMED = new RegExp(`^GET ${OAUTH_ROUTES.authorization}/[\\w-]+$`);

const isServed = ({ method, path }: Request): boolean =>
  SERVED.has(`${method} ${path}`) || RESUMED.test(`${method} ${path}`);

/** Puts the OAuth2 server on its paths, behind the controllers, wherever the application is made. */
@Injectable()
export class OAuthServer implements OnModuleInit {
  private readonly starts = new RateLimiterMemory({ points: MOST_STARTS_A_MINUTE, duration: 60 });

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: Config,
    private readonly limits: RateLimits,
    private readonly providers: OAuthProvider,
    private readonly documented: DocumentedPaths,
  ) {}

  async onModuleInit(): Promise<void> {
    this.documented.add(OAUTH_PATHS);
    const provider = await this.providers.get();
    this.countRefusals(provider);
    const handle = provider.callback();
    const { host, protocol } = new URL(this.config.http.publicUrl);
    this.host.httpAdapter.use(async (request: Request, response: Response, next: NextFunction) => {
      const preflight = isPreflight(request) ? PREFLIGHTS[request.path] : undefined;
      if (preflight) return answerPreflight(request, response, preflight);
      if (!isServed(request)) return next();
      // The provider answers preflights alone; any other OPTIONS is an unknown route like everywhere.
      if (request.method === 'OPTIONS' && !isPreflight(request)) return next();
      if (await this.heldUp(request, response)) return;
      // HUB_PUBLIC_URL alone says under which address we are, whatever the request came by.
      Object.assign(request.headers, { 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) });
      return handle(request, response);
    });
  }

  /** Addresses that have used up their refusals, or the authorization requests that leave something behind. */
  private async heldUp(request: Request, response: Response): Promise<boolean> {
    const address = request.ip ?? '';
    const starts = request.path === OAUTH_ROUTES.authorization;
    try {
      await this.limits.checkAddress(address);
      if (starts) await this.starts.consume(address);
      return false;
    } catch (error) {
      const refusal = error instanceof RateLimiterRes ? tooMany(error) : error;
      if (!(refusal instanceof DomainError) || request.accepts(['json', 'html']) !== 'html') throw refusal;
      response.status(429).set('Retry-After', String(Math.ceil(refusal.retryAfterSeconds ?? 1)));
      response.set(PAGE_HEADERS).send(errorPage('Sign-in is not possible', refusal.message).text);
      return true;
    }
  }

  /** Clients that cannot prove who they are count like refused credentials. */
  private countRefusals(provider: Provider): void {
    provider.on('grant.error', (ctx, error) => {
      if (error.message === 'invalid_client') void this.limits.countRefusal((ctx.req as Request).ip ?? '');
    });
  }
}
