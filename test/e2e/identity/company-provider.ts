import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Events, OAuth2Server, type MutableToken } from 'oauth2-mock-server';
import { newId } from '#kernel';
import type { ApiClient, Browser, Page, TestApp } from '#testing';
import { AuthorizationFlow, pkce, type FlowClient } from './authorization-flow';

export type Person = Record<string, unknown> & { sub: string };

interface Redirect {
  url: URL;
}

interface MutableAnswer {
  body: Record<string, unknown>;
  statusCode: number;
}

/** A company with a provider of its own, independent of ours, whose every answer a test can change. */
export class Company {
  private readonly server = new OAuth2Server();
  /** What its token endpoint was sent. */
  readonly tokenRequests: { headers: IncomingMessage['headers']; body: Record<string, string> }[] = [];
  person: Person = { sub: 'johndoe' };

  async start(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    // Its own maker of keys takes objects of Jest's realm alone.
    await this.server.issuer.keys.add({ ...(await exportJWK(privateKey)), kid: newId(), alg: 'RS256' });
    await this.server.start(0, '127.0.0.1');
    this.server.service.on(Events.BeforeTokenSigning, (token: MutableToken, request: unknown) => {
      const { headers, body } = request as { headers: IncomingMessage['headers']; body: Record<string, string> };
      this.tokenRequests.push({ headers, body });
      // The access token comes first and has no audience.
      if ('aud' in token.payload) Object.assign(token.payload, this.person, { aud: 'hub-at-company' });
    });
    this.server.service.on(Events.BeforeUserinfo, (answer) => void (answer.body = { sub: this.person.sub }));
  }

  stop = async (): Promise<void> => (this.server.listening ? this.server.stop() : undefined);

  get issuer(): string {
    return this.server.issuer.url!;
  }

  /** Changes the next ID token. */
  forge(change: (token: MutableToken) => void): void {
    const listener = (token: MutableToken): void => {
      if (!('aud' in token.payload)) return;
      this.server.service.off(Events.BeforeTokenSigning, listener);
      change(token);
    };
    this.server.service.on(Events.BeforeTokenSigning, listener);
  }

  /** Changes the next answer of the token endpoint. */
  answer(change: (answer: MutableAnswer) => void): void {
    this.server.service.once(Events.BeforeResponse, change as never);
  }

  userinfo(change: (answer: MutableAnswer) => void): void {
    this.server.service.once(Events.BeforeUserinfo, change as never);
  }

  redirect(change: (redirect: Redirect) => void): void {
    this.server.service.once(Events.BeforeAuthorizeRedirect, change as never);
  }

  discovery(change: (answer: MutableAnswer) => void): () => void {
    this.server.service.on(Events.BeforeWellKnownOpenIdConfiguration, change as never);
    return () => this.server.service.off(Events.BeforeWellKnownOpenIdConfiguration, change as never);
  }
}

/** A server that answers as told: for companies that are broken. */
export async function brokenServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Signs people in through companies, as a browser does. */
export class CompanyFlow {
  readonly flow: AuthorizationFlow;
  private client!: FlowClient;
  private admin!: ApiClient;

  constructor(readonly app: TestApp) {
    this.flow = new AuthorizationFlow(app);
  }

  async prepare(): Promise<void> {
    this.client = await this.flow.register();
    this.admin = this.app.api(await this.app.signIn());
  }

  async setUp(company: Company, over: object = {}): Promise<{ id: string; slug: string; name: string }> {
    const slug = `c-${newId()}`;
    const answer = await this.admin.post('/admin/identity-providers', {
      name: `Company ${slug.slice(-4)}`,
      slug,
      issuer: company.issuer,
      clientId: 'hub-at-company',
      clientSecret: 'the company’s secret',
      domains: ['acme.example'],
      enabled: true,
      ...over,
    });
    if (answer.status !== 201) throw new Error(`a new provider was answered ${answer.status}: ${answer.text}`);
    return answer.body.data;
  }

  async change(id: string, change: object): Promise<void> {
    const answer = await this.admin.patch(`/admin/identity-providers/${id}`, change);
    if (answer.status !== 200) throw new Error(`a change was answered ${answer.status}: ${answer.text}`);
  }

  /** Opens our sign-in page and follows the provider's button: gives the redirect to the company. */
  async leave(slug: string, browser: Browser = this.flow.browser()): Promise<Page> {
    const { challenge } = pkce();
    const request = { code_challenge: challenge, code_challenge_method: 'S256' };
    const page = await browser.open(this.flow.address(this.client, request));
    const href = new RegExp(`href="(/api/v1/auth/oidc/${slug}/start[^"]*)"`).exec(page.text)?.[1];
    if (href === undefined) throw new Error(`no button for ${slug} on the page (${page.status}): ${page.text}`);
    return browser.open(this.app.url + href);
  }

  /** What the company's site answers the browser with: the address of our callback. */
  async atCompany(page: Page): Promise<string> {
    const location = page.headers.get('location');
    if (location === null) throw new Error(`no redirect but ${page.status}: ${page.text}`);
    const answer = await fetch(location, { redirect: 'manual' });
    const back = answer.headers.get('location');
    if (back === null) throw new Error(`the company answered ${answer.status}: ${await answer.text()}`);
    return back;
  }

  /** All of it: where the browser ends up. */
  async signIn(slug: string, browser: Browser = this.flow.browser()): Promise<Page> {
    return browser.open(await this.atCompany(await this.leave(slug, browser)));
  }

  /** The same with tokens in the end, for what can be seen with them. */
  async tokens(slug: string): Promise<string> {
    const browser = this.flow.browser();
    const { verifier, challenge } = pkce();
    const request = { code_challenge: challenge, code_challenge_method: 'S256' };
    const first = await browser.open(this.flow.address(this.client, request));
    const href = new RegExp(`href="(/api/v1/auth/oidc/${slug}/start[^"]*)"`).exec(first.text)![1]!;
    let page = await browser.open(await this.atCompany(await browser.open(this.app.url + href)));
    if (page.text.includes('/consent"')) page = await browser.submit(page, 'consent', { decision: 'allow' });
    const answer = await this.flow.exchange(this.client, this.flow.told(page).code, { code_verifier: verifier });
    if (answer.status !== 200) throw new Error(`the code was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { access_token: string }).access_token;
  }
}
