import { ApiError } from './api-error';
import { challengeOf, claimsOf, randomText } from './pkce';
import type { Settings } from './settings';

/** Kept over the way to the sign-in page and back; nothing in it opens anything by itself. */
interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  /** Where the person wanted to go. */
  returnTo: string;
}

interface TokenAnswer {
  access_token: string;
  expires_in: number;
  refresh_token?: string;
  id_token?: string;
}

const PENDING = 'hub.sign-in';

/** Before its end a token is renewed, so that none ends on its way. */
const MARGIN_MS = 60_000;

const SCOPES = 'openid profile dashboards:read dashboards:write uns:read uns:publish dependencies:read';

/** Why nobody is signed in, for the page that says so. */
export class SignInProblem extends Error {}

/** Somebody signed in by authorization code and PKCE. Tokens are in memory alone: they end with the page. */
export class Session {
  private accessToken = '';
  private refreshToken: string | undefined;
  private expiresAt = 0;
  private renewing: Promise<void> | undefined;
  private leaving = false;

  constructor(private readonly settings: Settings) {}

  /**
   * Goes to the sign-in page; where the browser is signed in, that sends it right back. Does not return.
   * @param again asks for the password also then.
   */
  async begin(returnTo: string, { again = false } = {}): Promise<never> {
    if (!this.leaving) {
      this.leaving = true;
      const pending: Pending = { state: randomText(), nonce: randomText(), verifier: randomText(), returnTo };
      sessionStorage.setItem(PENDING, JSON.stringify(pending));
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: this.settings.clientId,
        redirect_uri: this.redirectUri,
        scope: SCOPES,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await challengeOf(pending.verifier),
        code_challenge_method: 'S256',
        ...(again && { prompt: 'login' }),
      });
      location.replace(`/api/v1/oauth2/authorize?${query}`);
    }
    return new Promise<never>(() => undefined);
  }

  /**
   * Back from the sign-in page: takes the tokens.
   * @returns where the person wanted to go. @throws SignInProblem
   */
  async finish(answer: URLSearchParams): Promise<string> {
    const stored = sessionStorage.getItem(PENDING);
    sessionStorage.removeItem(PENDING);
    const pending = stored === null ? undefined : (JSON.parse(stored) as Pending);
    if (!pending || answer.get('state') !== pending.state) {
      throw new SignInProblem('This sign-in was started in another tab, or is over.');
    }
    if (answer.has('error')) {
      const denied = answer.get('error') === 'access_denied';
      throw new SignInProblem(denied ? 'You have left the sign-in page.' : (answer.get('error_description') ?? ''));
    }
    const tokens = await this.request({
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: this.redirectUri,
      code_verifier: pending.verifier,
    });
    if (tokens.id_token === undefined || claimsOf(tokens.id_token).nonce !== pending.nonce) {
      throw new SignInProblem('The answer belongs to another sign-in.');
    }
    this.keep(tokens);
    return pending.returnTo;
  }

  /** A token that still holds for a while. Signs in anew where it cannot be renewed any more. */
  async token(): Promise<string> {
    if (Date.now() > this.expiresAt - MARGIN_MS) await this.renew();
    return this.accessToken;
  }

  /** The token was refused: the next one is another. */
  forget(token: string): void {
    if (token === this.accessToken) this.expiresAt = 0;
  }

  async signOut(): Promise<void> {
    const token = this.refreshToken;
    [this.accessToken, this.refreshToken, this.expiresAt] = ['', undefined, 0];
    const { clientId } = this.settings;
    await Promise.allSettled([
      token === undefined ? undefined : post('/api/v1/oauth2/revoke', { token, client_id: clientId }),
      fetch('/api/v1/oauth2/browser-sign-out', { method: 'POST' }),
    ]);
    location.replace('/signed-out');
  }

  private get redirectUri(): string {
    return this.settings.url + this.settings.redirectPath;
  }

  /** One renewal at a time: a refresh token that comes twice ends the whole sign-in. */
  private renew(): Promise<void> {
    this.renewing ??= this.exchangeRefreshToken().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async exchangeRefreshToken(): Promise<void> {
    if (this.refreshToken === undefined) return this.begin(here());
    try {
      this.keep(await this.request({ grant_type: 'refresh_token', refresh_token: this.refreshToken }));
    } catch (error) {
      if (error instanceof SignInProblem) return this.begin(here());
      throw error;
    }
  }

  private keep({ access_token, refresh_token, expires_in }: TokenAnswer): void {
    this.accessToken = access_token;
    this.refreshToken = refresh_token ?? this.refreshToken;
    this.expiresAt = Date.now() + expires_in * 1000;
  }

  /** @throws SignInProblem where it is refused; ApiError where nobody answers. */
  private async request(fields: Record<string, string>): Promise<TokenAnswer> {
    const response = await post('/api/v1/oauth2/token', { client_id: this.settings.clientId, ...fields });
    if (response.ok) return (await response.json()) as TokenAnswer;
    if (response.status >= 500 || response.status === 429)
      throw new ApiError(response.status, 'Sign-in is not available.');
    const { error_description: why } = (await response.json()) as { error_description?: string };
    throw new SignInProblem(why ?? 'The sign-in was refused.');
  }
}

/** Tokens travel in the body alone; the API takes no cookies. */
async function post(path: string, fields: Record<string, string>): Promise<Response> {
  try {
    return await fetch(path, { method: 'POST', body: new URLSearchParams(fields), credentials: 'omit' });
  } catch {
    throw new ApiError(0, 'The platform does not answer.');
  }
}

export const here = (): string => location.pathname + location.search;
