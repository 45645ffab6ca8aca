import { ConnectorError } from '../../calls/connector-error';

/** Who asks for tokens, and where. */
export interface OAuthClient {
  tokenUrl?: string;
  clientId?: string;
  clientSecret?: string;
  scope?: string;
  audience?: string;
  clientAuthentication?: 'header' | 'body';
}

export interface TokenRequest {
  method: 'POST';
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface TokenAnswer {
  status: number;
  body: Buffer;
}

/** Where the token endpoint says nothing of it (RFC 6749, section 5.1, leaves that open). Seconds. */
const USUAL_LIFE = 300;
/** A token is not used in its last part of life: it may end on the way. */
const MARGIN_SECONDS = 30;
/** Remembered so that they can be masked. */
const MOST_GIVEN = 10;

interface Token {
  value: string;
  /** By `Date.now()`. */
  usableUntil: number;
}

/** Access tokens by the client credentials grant (RFC 6749, section 4.4). Callers at the same time share one request. */
export class TokenSource {
  private current: Token | undefined;
  private fetching: Promise<Token> | undefined;
  /** The last ones. */
  readonly given: string[] = [];

  /** @param send within a time of its own: it serves all who wait. */
  constructor(
    private readonly client: OAuthClient,
    private readonly send: (request: TokenRequest) => Promise<TokenAnswer>,
  ) {}

  /** @throws ConnectorError; the signal's reason when it aborts. */
  async token(signal: AbortSignal): Promise<string> {
    if (this.current && Date.now() < this.current.usableUntil) return this.current.value;
    signal.throwIfAborted();
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    this.current = await untilAborted(this.fetching, signal);
    return this.current.value;
  }

  /** That token was refused: unless there is another one already, the next is fetched. */
  forget(token: string): void {
    if (this.current?.value === token) this.current = undefined;
  }

  /** The one there is was refused, whichever it is. */
  forgetCurrent(): void {
    this.current = undefined;
  }

  private async fetch(): Promise<Token> {
    const answer = await this.send(this.request());
    const body = bodyOf(answer);
    if (answer.status !== 200) {
      const { error } = body as { error?: unknown };
      const code = typeof error === 'string' && /^[\x20-\x7e]{1,100}$/.test(error) ? `: ${error}` : '';
      const retryable = answer.status === 429 || answer.status >= 500;
      throw new ConnectorError(`The token endpoint answered ${answer.status}${code}`, { retryable });
    }
    const { access_token, token_type, expires_in } = body as Record<string, unknown>;
    const value = requireToken(access_token);
    if (typeof token_type === 'string' && token_type.toLowerCase() !== 'bearer') {
      throw new ConnectorError('The token endpoint gave a token that is no bearer token');
    }
    const life = Number(expires_in ?? USUAL_LIFE);
    const seconds = Number.isFinite(life) && life > 0 ? life : USUAL_LIFE;
    this.given.push(value);
    if (this.given.length > MOST_GIVEN) this.given.shift();
    return { value, usableUntil: Date.now() + (seconds - Math.min(MARGIN_SECONDS, seconds / 10)) * 1_000 };
  }

  private request(): TokenRequest {
    const { tokenUrl, clientId = '', clientSecret = '', scope, audience, clientAuthentication } = this.client;
    const inBody = clientAuthentication === 'body';
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope && { scope }),
      ...(audience && { audience }),
      ...(inBody && { client_id: clientId, client_secret: clientSecret }),
    });
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'MaestroHub',
    };
    // Encoded before they are joined: RFC 6749, section 2.3.1.
    if (!inBody) headers['authorization'] = basic(formEncoded(clientId), formEncoded(clientSecret));
    return { method: 'POST', url: new URL(tokenUrl!), headers, body: form.toString() };
  }
}

/** @throws ConnectorError for a token that no header can carry. */
function requireToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConnectorError('The token endpoint gave no access token');
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

function bodyOf({ body }: TokenAnswer): object {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

/** The work's result, or the signal's reason as an error if that comes first. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
