import { createHash, randomBytes } from 'node:crypto';
import { Browser, type Answer, type Page, type TestApp, type TestUser } from '#testing';

export interface FlowClient {
  id: string;
  clientId: string;
  clientSecret?: string;
}

export const CALLBACK = 'https://app.example.com/callback';

export const FLOW_SCOPES = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'uns:read',
  'uns:publish',
  'pipelines:read',
];

/** RFC 7636, section 4. */
export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

type Fields = Record<string, string | undefined>;

const defined = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, string>;

/** Drives the authorization code flow as an application and a person with a browser do. */
export class AuthorizationFlow {
  constructor(readonly app: TestApp) {}

  async register(over: object = {}): Promise<FlowClient> {
    const request = {
      name: 'Line viewer',
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [CALLBACK],
      scopes: FLOW_SCOPES,
      ...over,
    };
    const answer = await this.app.api(await this.app.signIn()).post('/oauth2/clients', request);
    if (answer.status !== 201) throw new Error(`a new client was answered ${answer.status}: ${answer.text}`);
    return answer.body.data as FlowClient;
  }

  browser = (): Browser => new Browser(this.app.url);

  /** The address of the authorization request; members that are undefined are left out. */
  address(client: FlowClient, over: Fields = {}): string {
    const fields = {
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid uns:read',
      state: 'xyz',
      ...over,
    };
    return `${this.app.url}/api/v1/oauth2/authorize?${new URLSearchParams(defined(fields)).toString()}`;
  }

  /** Signs in and consents where a page asks for it; gives the answer that sends the browser to the application. */
  async authorize(
    client: FlowClient,
    user: Omit<TestUser, 'id'>,
    over: Fields = {},
    browser = this.browser(),
  ): Promise<Page> {
    let page = await browser.open(this.address(client, over));
    if (page.text.includes('/sign-in"')) {
      page = await browser.submit(page, 'sign-in', { email: user.email, password: user.password });
    }
    return page.text.includes('/consent"') ? browser.submit(page, 'consent', { decision: 'allow' }) : page;
  }

  /** What the application is told: the parameters of the redirect. */
  told(page: Page): Record<string, string> {
    const location = page.headers.get('location');
    if (location === null) throw new Error(`no redirect but ${page.status}: ${page.text}`);
    return Object.fromEntries(new URL(location).searchParams);
  }

  token(fields: Fields, headers?: Record<string, string>): Promise<Answer> {
    return this.app.stranger.post('/oauth2/token', new URLSearchParams(defined(fields)), headers);
  }

  exchange(client: FlowClient, code: string | undefined, over: Fields = {}): Promise<Answer> {
    return this.token({
      grant_type: 'authorization_code',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uri: CALLBACK,
      code,
      ...over,
    });
  }

  refresh(client: FlowClient, refreshToken: string, over: Fields = {}): Promise<Answer> {
    return this.token({
      grant_type: 'refresh_token',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      refresh_token: refreshToken,
      ...over,
    });
  }

  /** All of it: what the token endpoint answers in the end. */
  async tokens(
    client: FlowClient,
    user: Omit<TestUser, 'id'>,
    over: Fields = {},
    browser = this.browser(),
  ): Promise<Answer> {
    const { verifier, challenge } = pkce();
    const request = { code_challenge: challenge, code_challenge_method: 'S256', ...over };
    const { code } = this.told(await this.authorize(client, user, request, browser));
    const answer = await this.exchange(client, code, { code_verifier: verifier });
    if (answer.status !== 200) throw new Error(`the code was answered ${answer.status}: ${answer.text}`);
    return answer;
  }
}

/** What somebody types into the sign-in page. */
export const credentials = ({ email, password }: Omit<TestUser, 'id'>) => ({ email, password });
