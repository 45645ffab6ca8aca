import { createTestApp, type ApiClient, type Browser, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, pkce, type FlowClient } from './authorization-flow';

const CLIENT: FlowClient = { id: '', clientId: 'maestrohub-pages' };

describe('the client of the web pages', () => {
  let app: TestApp;
  let admin: ApiClient;
  let flow: AuthorizationFlow;
  let user: TestUser;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
    flow = new AuthorizationFlow(app);
  });
  beforeEach(async () => void (user = await app.newUser('viewer')));
  afterAll(() => app.stop());

  const { verifier, challenge } = pkce();
  const redirect = (): string => `${app.url}/signed-in`;
  const request = (over: Record<string, string | undefined> = {}) => ({
    redirect_uri: redirect(),
    scope: 'openid profile dashboards:read uns:read',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...over,
  });
  /** The address in the end belongs to the platform, so that the browser has followed the last redirect too. */
  const codeOf = (url: string): string | null => new URL(url).searchParams.get('code');
  const signIn = (browser: Browser) => flow.authorize(CLIENT, user, request(), browser);

  it('is there from the start, public, with what the pages do', async () => {
    const client = (await admin.get('/oauth2/clients?search=maestrohub-pages')).body.data[0];
    expect(client).toMatchObject({
      clientId: 'maestrohub-pages',
      name: 'MaestroHub',
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [redirect()],
      scopes: [
        'openid',
        'profile',
        'dashboards:read',
        'dashboards:write',
        'uns:read',
        'uns:publish',
        'dependencies:read',
      ],
      builtIn: true,
    });
  });

  it('is not asked about: who has signed in is in', async () => {
    const page = await signIn(flow.browser());
    expect(page.url.startsWith(redirect())).toBe(true);
    const { status, body } = await flow.exchange(CLIENT, codeOf(page.url)!, {
      redirect_uri: redirect(),
      code_verifier: verifier,
    });
    expect([status, body.scope]).toEqual([200, 'openid profile dashboards:read uns:read']);
    expect(body).toMatchObject({ refresh_token: expect.any(String), id_token: expect.any(String) });
  });

  it('is let in by nobody without PKCE', async () => {
    const page = await flow.authorize(
      CLIENT,
      user,
      request({ code_challenge: undefined, code_challenge_method: undefined }),
    );
    expect(new URL(page.url).searchParams.get('error')).toBe('invalid_request');
  });

  it.each(['https://evil.example/signed-in', '/signed-in/../evil'])('sends nobody to %s', async (address) => {
    const target = address.startsWith('/') ? app.url + address : address;
    const page = await flow.browser().open(flow.address(CLIENT, request({ redirect_uri: target })));
    expect([page.status, codeOf(page.url)]).toEqual([400, null]);
  });

  it('gets no scope that the pages do not need', async () => {
    const page = await flow.browser().open(flow.address(CLIENT, request({ scope: 'openid users:write' })));
    expect(new URL(page.url).searchParams.get('error')).toBe('invalid_scope');
  });

  describe('signing a browser out', () => {
    const signOut = (browser: Browser, origin = app.url) =>
      fetch(`${app.url}/api/v1/oauth2/browser-sign-out`, {
        method: 'POST',
        headers: { Cookie: browser.cookieHeader(`${app.url}/api/v1/oauth2/browser-sign-out`), Origin: origin },
      });

    it('asks who it is the next time', async () => {
      const browser = flow.browser();
      await signIn(browser);
      expect(codeOf((await browser.open(flow.address(CLIENT, request()))).url)).not.toBeNull();
      expect((await signOut(browser)).status).toBe(204);
      expect((await browser.open(flow.address(CLIENT, request()))).text).toContain('/sign-in"');
    });

    it('is nothing that another site may do', async () => {
      const browser = flow.browser();
      await signIn(browser);
      expect((await signOut(browser, 'https://evil.example')).status).toBe(403);
      expect(codeOf((await browser.open(flow.address(CLIENT, request()))).url)).not.toBeNull();
    });

    it('is nothing where nobody is signed in', async () => {
      expect((await signOut(flow.browser())).status).toBe(204);
    });
  });
});
