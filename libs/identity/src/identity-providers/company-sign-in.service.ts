import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { randomToken } from '#platform/crypto';
import { RateLimits, STATUS_OF } from '#platform/http';
import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { Interactions } from '../interaction/interactions';
import { PAGE_HEADERS } from '../interaction/page-headers';
import { fetchObject, ProviderOutage, ProviderProblem } from './bounded-fetch';
import { CompanyAccounts } from './company-accounts';
import { completed, isComplete, type Claims } from './company-claims';
import { CompanyConnections, type CompanyConnection } from './company-connection';
import type { CompanyStrategy, PendingSignIn, TokenSet } from './company-strategy';
import { verifyIdToken, type IdTokenClaims } from './id-token';
import { entityOf, type IdentityProvider } from './identity-provider.entity';
import { IdentityProvidersRepository } from './identity-providers.repository';
import { refusalPage } from './refusal-page';
import { SignInRefusal } from './sign-in-refusal';
import { SignInStates } from './sign-in-states';

const MOST_METHODS = 10;

/** Signing in at a company, and coming back. Nothing of it is kept in the process: any of them may see the return. */
@Injectable()
export class CompanySignIn {
  constructor(
    private readonly providers: IdentityProvidersRepository,
    private readonly connections: CompanyConnections,
    private readonly states: SignInStates,
    private readonly accounts: CompanyAccounts,
    private readonly interactions: Interactions,
    private readonly limits: RateLimits,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Sends the browser to the company.
   * @throws DomainError `not_found` for an unknown or disabled provider, and for an interaction that is over.
   */
  async start(request: Request, response: Response, slug: string): Promise<void> {
    const provider = await this.providers.getEnabled(slug);
    const { uid } = await this.interactions.current(request, response, textOf(request.query.interaction) ?? '');
    await this.answering(provider, uid, request, response, async () => {
      const { strategy } = await this.connections.open(provider);
      await leave(strategy, request, response, { interaction: uid, nonce: randomToken() });
    });
  }

  /**
   * Takes the browser back from the company, signs the user in and sends them on to the client.
   * @throws DomainError `not_found` as `start`; `bad_request` for answers that nobody waits for.
   */
  async finish(request: Request, response: Response, slug: string): Promise<void> {
    const provider = await this.providers.getEnabled(slug);
    const { code, error, iss } = request.query;
    const state = textOf(request.query.state) ?? '';
    const pending = await this.states.find(request, provider, state);
    if (!pending) {
      await this.limits.countRefusal(request.ip ?? '');
      this.note(provider, 'nobody waits for this state');
      const message = 'This sign-in is over, or was started in another browser. Go back and start again.';
      throw new DomainError('bad_request', message);
    }
    await this.answering(provider, pending.interaction, request, response, async () => {
      await this.interactions.current(request, response, pending.interaction);
      const connection = await this.connections.open(provider);
      requireSameIssuer(connection, iss);
      if (typeof code !== 'string' || error !== undefined) {
        await this.states.drop(request, provider, state);
        throw new ProviderProblem(`refuses with ${textOf(error)?.slice(0, 100) ?? 'no code'}`);
      }
      const { tokens, nonce } = await redeem(connection.strategy, request, response);
      const claims = await this.claimsOf(provider, connection, tokens, nonce);
      const user = await this.accounts.signIn(provider, claims);
      const options = { uid: pending.interaction, methods: methodsOf(claims) };
      await this.interactions.signedIn(request, response, user, options);
    });
  }

  private async claimsOf(
    provider: IdentityProvider,
    { discovery, keys }: CompanyConnection,
    { accessToken, idToken }: TokenSet,
    nonce: string,
  ): Promise<IdTokenClaims> {
    const expected = { keys, issuer: provider.issuer, clientId: provider.clientId, nonce };
    const claims = await verifyIdToken(idToken, expected);
    if (discovery.userinfoEndpoint === undefined || isComplete(claims, provider.roleClaim)) return claims;
    const headers = { authorization: `Bearer ${accessToken}` };
    const userinfo = await fetchObject(discovery.userinfoEndpoint, { headers });
    // OpenID Connect Core, section 5.3.2: or it may be about somebody else.
    if (userinfo.sub !== claims.sub) throw new ProviderProblem('tells of another user than it signed in');
    return completed(claims, userinfo);
  }

  /** Refusals and companies that fail are written down, and told on a page that leads back to the other ways in. */
  private async answering(
    provider: IdentityProvider,
    interaction: string,
    request: Request,
    response: Response,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      const refusal = refusalOf(provider, error);
      this.note(provider, refusal.reason, refusal.actor);
      if (refusal.kind !== 'unavailable') await this.limits.countRefusal(request.ip ?? '');
      if (request.accepts(['json', 'html']) !== 'html') throw refusal;
      if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', refusal.retryAfterSeconds);
      const page = refusalPage(refusal.message, interaction);
      response.status(STATUS_OF[refusal.kind]).set(PAGE_HEADERS).send(page.text);
    }
  }

  private note(provider: IdentityProvider, reason: string, actor?: { userId?: string; email: string }): void {
    this.audit.refused({ action: 'session.start', entity: entityOf(provider), ...(actor && { actor }) }, reason);
  }
}

/** Redirects to the company, which ends the answer. */
function leave(strategy: CompanyStrategy, request: Request, response: Response, state: PendingSignIn): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    authenticate(strategy, request, response, { state }, (error) => {
      reject((error as Error | null) ?? new ProviderProblem('was not asked'));
    });
  });
}

/** Redeems the code, and the state with it. */
function redeem(strategy: CompanyStrategy, request: Request, response: Response) {
  return new Promise<{ tokens: TokenSet; nonce: string }>((resolve, reject) => {
    authenticate(strategy, request, response, {}, (error, tokens, info) => {
      if (tokens && info) resolve({ tokens, nonce: info.state.nonce });
      else reject((error as Error | null) ?? new ProviderProblem('has answered already'));
    });
  });
}

type Authenticated = (error: unknown, tokens?: TokenSet | false, info?: { state: PendingSignIn }) => void;

function authenticate(
  strategy: CompanyStrategy,
  request: Request,
  response: Response,
  options: { state?: PendingSignIn },
  done: Authenticated,
): void {
  // Passport writes the ways on of one request into the strategy: each request has one of its own.
  const own = Object.create(strategy) as CompanyStrategy;
  const all = { session: false, ...options } as passport.AuthenticateOptions;
  (passport.authenticate(own, all, done) as RequestHandler)(request, response, done);
}

/** RFC 9207, section 2.4: another provider's answer may have been brought here. */
function requireSameIssuer({ discovery }: CompanyConnection, iss: unknown): void {
  if (iss === undefined ? discovery.namesItself : iss !== discovery.issuer) {
    throw new ProviderProblem('was answered for by another issuer (iss)');
  }
}

function refusalOf({ name }: IdentityProvider, error: unknown): SignInRefusal {
  if (error instanceof SignInRefusal) return error;
  // What the library makes of failures at the token endpoint has the cause in it.
  const { oauthError } = error as { oauthError?: unknown };
  const cause = oauthError instanceof Error ? oauthError : error;
  if (cause instanceof ProviderOutage) {
    return new SignInRefusal('unavailable', `${name} does not answer at the moment. Try again later.`, cause.message);
  }
  if (cause instanceof ProviderProblem) {
    return new SignInRefusal('forbidden', `${name} did not sign you in: it ${cause.message}.`, cause.message);
  }
  if (cause instanceof Error && /^(TokenError|InternalOAuthError)$/.test((error as Error).name)) {
    const code = (error as { code?: unknown }).code;
    const reason = `token endpoint refuses with ${typeof code === 'string' ? code.slice(0, 100) : cause.message}`;
    return new SignInRefusal('forbidden', `${name} did not confirm your sign-in. Try again.`, reason);
  }
  throw error;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** How the company has signed the user in (RFC 8176), as far as it tells. */
const methodsOf = ({ amr }: Claims): string[] =>
  (Array.isArray(amr) ? (amr as unknown[]) : [])
    .filter((method): method is string => typeof method === 'string' && /^[\w.-]{1,32}$/.test(method))
    .slice(0, MOST_METHODS);
