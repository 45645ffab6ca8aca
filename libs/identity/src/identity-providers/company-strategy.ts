import OAuth2Strategy from 'passport-oauth2';
import { fetchBounded, parseObject, ProviderProblem } from './bounded-fetch';
import type { Discovery } from './discovery';

/** What the company's token endpoint gave for a code. */
export interface TokenSet {
  accessToken: string;
  /** Nobody has looked at it yet. */
  idToken: unknown;
}

/** What is remembered of somebody while they are at their company. */
export interface PendingSignIn {
  /** The interaction of the OAuth2 server that waits for it. */
  interaction: string;
  nonce: string;
}

export interface CompanyStrategyOptions {
  discovery: Discovery;
  clientId: string;
  clientSecret: string;
  callbackUrl: string;
  scopes: readonly string[];
  store: StateStore;
}

type Stored = (error: unknown, state?: string) => void;
type Verified = (error: unknown, verifier?: string | false, pending?: PendingSignIn) => void;

/** The library looks at how many parameters these take. */
export interface StateStore {
  store: (request: unknown, verifier: string, pending: PendingSignIn, meta: object, done: Stored) => void;
  verify: (request: unknown, state: string, meta: object, done: Verified) => void;
}

/** The member of the library that its subclasses may use and whose requests know no limits. */
interface TokenClient {
  getOAuthAccessToken: (code: string, fields: Record<string, string>, done: TokenAnswer) => void;
}

type TokenAnswer = (error: unknown, accessToken?: unknown, refreshToken?: unknown, answer?: object) => void;

/**
 * Authorization code with PKCE (RFC 7636) at one company's provider, by `passport-oauth2`. Succeeds with a `TokenSet`;
 * the ID token in it is still to be verified against the nonce, which `info.state` has.
 */
export class CompanyStrategy extends OAuth2Strategy {
  constructor(private readonly options: CompanyStrategyOptions) {
    super(
      {
        authorizationURL: options.discovery.authorizationEndpoint,
        tokenURL: options.discovery.tokenEndpoint,
        clientID: options.clientId,
        clientSecret: options.clientSecret,
        callbackURL: options.callbackUrl,
        scope: [...options.scopes],
        store: options.store as never,
        pkce: true,
        skipUserProfile: true,
      },
      (accessToken: string, _refreshToken: string, answer: { id_token?: unknown }, _profile: unknown, done: Done) =>
        done(null, { accessToken, idToken: answer.id_token }),
    );
    const client = this._oauth2 as unknown as TokenClient;
    client.getOAuthAccessToken = (code, fields, done) => {
      this.exchange(code, fields).then(
        (answer) => done(null, answer.access_token, undefined, answer),
        (error: unknown) => done(error),
      );
    };
  }

  /** The nonce ties the ID token to this sign-in (OpenID Connect Core, section 3.1.2.1). */
  override authorizationParams({ state }: { state: PendingSignIn }): object {
    return { nonce: state.nonce };
  }

  /** RFC 6749, section 4.1.3, with the client's proof where the company wants it. */
  private async exchange(code: string, fields: Record<string, string>): Promise<Record<string, unknown>> {
    const { discovery, clientId, clientSecret } = this.options;
    const body = new URLSearchParams({ ...fields, code });
    const headers: Record<string, string> = {};
    if (discovery.basicAuthentication) {
      const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    } else {
      body.set('client_id', clientId);
      body.set('client_secret', clientSecret);
    }
    const { status, text } = await fetchBounded(discovery.tokenEndpoint, { headers, body });
    // In the form that the library makes its TokenError from.
    if (status !== 200) throw Object.assign(new Error(`answers ${status}`), { statusCode: status, data: text });
    const answer = parseObject(text);
    if (typeof answer.access_token !== 'string') throw new ProviderProblem('gives no access token');
    return answer;
  }
}

type Done = (error: unknown, tokens: TokenSet) => void;

const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
