import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '#platform/config';
import { DocumentedPaths, RateLimits } from '#platform/http';
import type { NextFunction, Request, Response } from 'express';
import type { Provider } from 'oidc-provider';
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
      await this.limits.checkAddress(request.ip ?? '');
      // HUB_PUBLIC_URL alone says under which address we are, whatever the request came by.
      Object.assign(request.headers, { 'x-forwarded-host': host, 'x-forwarded-proto': protocol.slice(0, -1) });
      return handle(request, response);
    });
  }

  /** Clients that cannot prove who they are count like refused credentials. */
  private countRefusals(provider: Provider): void {
    provider.on('grant.error', (ctx, error) => {
      if (error.message === 'invalid_client') void this.limits.countRefusal((ctx.req as Request).ip ?? '');
    });
  }
}
