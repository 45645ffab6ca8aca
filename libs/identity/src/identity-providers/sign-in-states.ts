import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { randomToken, SecretBox, tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import type { Request } from 'express';
import type { PendingSignIn, StateStore } from './company-strategy';
import { IdentityProviderSignIn } from './identity-provider-sign-in.entity';
import type { IdentityProvider } from './identity-provider.entity';

const PURPOSE = 'identity-provider-sign-in';
const LASTS_MS = 10 * 60_000;
const COOKIE_PATH = '/api/v1/auth/oidc';
const TOKEN = /^[0-9A-Za-z]{43}$/;

interface Kept {
  verifier: string;
  pending: PendingSignIn;
}

const FIND = `
  SELECT sealed FROM identity_provider_sign_ins
  WHERE state_hash = $1 AND provider_id = $2 AND browser_hash = $3 AND expires_at > now()`;

/** In one statement, so that of two who bring the same state one alone gets it. */
const TAKE = `
  DELETE FROM identity_provider_sign_ins
  WHERE state_hash = $1 AND provider_id = $2 AND browser_hash = $3 AND expires_at > now() RETURNING sealed`;

/**
 * Who is away at their company. The `state` parameter is good once, for ten minutes, at the callback of the provider
 * it was made for, and in the browser alone that has its cookie.
 */
@Injectable()
export class SignInStates {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** As `passport-oauth2` wants it, for one provider. */
  storeOf(provider: Pick<IdentityProvider, 'id'>): StateStore {
    return {
      store: (request, verifier, pending, _meta, done) => {
        this.begin(request as Request, provider.id, { verifier, pending }).then(
          (state) => done(null, state),
          (error: unknown) => done(error),
        );
      },
      verify: (request, state, _meta, done) => {
        this.read(TAKE, request as Request, provider.id, state).then(
          (kept) => done(null, kept?.verifier ?? false, kept?.pending),
          (error: unknown) => done(error),
        );
      },
    };
  }

  /** The sign-in that this browser comes back from; it may still be finished after this. */
  async find(request: Request, provider: IdentityProvider, state: string): Promise<PendingSignIn | undefined> {
    return (await this.read(FIND, request, provider.id, state))?.pending;
  }

  /** Ends it without finishing it. */
  async drop(request: Request, provider: IdentityProvider, state: string): Promise<void> {
    await this.read(TAKE, request, provider.id, state);
  }

  private async begin(request: Request, providerId: string, kept: Kept): Promise<string> {
    const state = randomToken();
    const browser = randomToken();
    const { interaction } = kept.pending;
    await this.database.asSystem(async (manager) => {
      const row = {
        stateHash: tokenHash(state),
        providerId,
        browserHash: tokenHash(browser),
        interaction,
        sealed: this.secrets.seal(PURPOSE, JSON.stringify(kept)),
        expiresAt: new Date(Date.now() + LASTS_MS),
      };
      // Another attempt takes the place of the one before, so that there are no more of them than interactions.
      await manager.upsert(IdentityProviderSignIn, row, ['interaction']);
    });
    request.res!.cookie(cookieName(state), browser, {
      path: COOKIE_PATH,
      httpOnly: true,
      // Comes along when the company's site sends the browser back here.
      sameSite: 'lax',
      secure: this.config.http.publicUrl.startsWith('https:'),
      maxAge: LASTS_MS,
    });
    return state;
  }

  private async read(
    statement: string,
    request: Request,
    providerId: string,
    state: string,
  ): Promise<Kept | undefined> {
    const browser = TOKEN.test(state) ? cookieOf(request, cookieName(state)) : undefined;
    if (browser === undefined) return undefined;
    if (statement === TAKE) request.res!.clearCookie(cookieName(state), { path: COOKIE_PATH });
    const values = [tokenHash(state), providerId, tokenHash(browser)];
    const answer = await this.database.asSystem((manager) => manager.query<unknown[]>(statement, values));
    // TypeORM gives rows and count for what changes something.
    const [row] = (statement === TAKE ? answer[0] : answer) as { sealed: Buffer }[];
    return row && (JSON.parse(this.secrets.open(PURPOSE, row.sealed)) as Kept);
  }
}

/** One for each attempt, so that two windows do not end each other's. */
const cookieName = (state: string): string => `hub_oidc_${tokenHash(state).toString('hex').slice(0, 16)}`;

function cookieOf(request: Request, name: string): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(/; */);
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}
