import { createTestApp, type Page, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, CALLBACK, credentials, pkce, type FlowClient } from './authorization-flow';

describe('the pages of signing in', () => {
  let app: TestApp;
  let flow: AuthorizationFlow;
  let user: TestUser;
  let client: FlowClient;

  beforeAll(async () => {
    app = await createTestApp();
    flow = new AuthorizationFlow(app);
    user = await app.newUser('editor');
    client = await flow.register();
  });
  afterAll(() => app.stop());

  const request = (over: object = {}) =>
    flow.address(client, { code_challenge: pkce().challenge, code_challenge_method: 'S256', ...over });

  const expectGuarded = ({ headers }: Page, formAction: string) => {
    const csp = headers.get('content-security-policy');
    expect(csp).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action /);
    expect(csp).toContain(`form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  };

  it('say who asks for what, in words', async () => {
    const browser = flow.browser();
    const page = await browser.open(request({ scope: 'openid email uns:read:mHv1.0/a/# pipelines:read' }));
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).toContain('<strong>Line viewer</strong>');
    expect(page.text).toMatch(/<label for="email">.*<label for="password">/s);
    const consent = await browser.submit(page, 'sign-in', credentials(user));
    const words = ['Allow Line viewer?', user.email, 'Your account', 'See your e-mail address', 'UNS', 'mHv1.0/a/#'];
    for (const word of [...words, 'Read pipelines, nodes and executions', 'Use another account']) {
      expect(consent.text).toContain(word);
    }
  });

  it('run nothing, load nothing, and stay in no frame and no cache', async () => {
    const browser = flow.browser();
    const page = await browser.open(request());
    expectGuarded(page, `'self' ${new URL(CALLBACK).origin}`);
    expectGuarded(await browser.submit(page, 'sign-in', credentials(user)), `'self' ${new URL(CALLBACK).origin}`);
    expectGuarded(await browser.open(request({ redirect_uri: 'https://evil.example/' })), `'none'`);
    expectGuarded(await flow.browser().open(page.url), `'none'`);
    expect(page.text).not.toMatch(/<script|<link|<img|src=|onload=/);
  });

  it('keep their cookies from scripts and other sites', async () => {
    const answer = await fetch(request(), { redirect: 'manual' });
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(1);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
      expect(cookie).not.toMatch(/; secure/i);
    }
  });

  it('show what was wrong, and keep the address that was typed', async () => {
    const browser = flow.browser();
    const page = await browser.open(request());
    const wrong = await browser.submit(page, 'sign-in', { email: user.email, password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain('E-mail address or password is wrong.');
    expect(wrong.text).toContain(`value="${user.email}"`);
    expect(wrong.text).toMatch(/role="alert" tabindex="-1"[^>]*autofocus/);
    expect(wrong.text).not.toContain('value="wrong"');
    const empty = await browser.submit(page, 'sign-in', { email: '', password: '' });
    expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('Something is missing')]);
    expect((await browser.submit(wrong, 'sign-in', credentials(user))).text).toContain('Allow Line viewer?');
  });

  it('hold up whoever guesses', async () => {
    const guessed = await app.newUser();
    const browser = flow.browser();
    const page = await browser.open(request());
    const guess = () => browser.submit(page, 'sign-in', { email: guessed.email, password: 'wrong' });
    for (let i = 0; i < 10; i++) expect((await guess()).status).toBe(401);
    const held = await guess();
    expect(held.status).toBe(429);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(held.text).toContain('Too many requests');
  });

  it('say when an address starts too much', async () => {
    const strict = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '1' } });
    try {
      expect((await strict.api('x').get('/auth/me')).status).toBe(401);
      const path = `${strict.url}/api/v1/oauth2/authorize`;
      const page = await fetch(path, { headers: { Accept: 'text/html' } });
      expect([page.status, await page.text()]).toEqual([429, expect.stringContaining('Too many requests')]);
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
      const program = await fetch(path);
      expect([program.status, await program.json()]).toEqual([
        429,
        { error: 'too_many_requests', message: 'Too many requests' },
      ]);
    } finally {
      await strict.stop();
    }
  });

  it('begin with the address the client expects', async () => {
    const page = await flow.browser().open(request({ login_hint: 'ada@example.com' }));
    expect(page.text).toContain('value="ada@example.com"');
  });

  it('keep their cookies to TLS where the platform is reached by it', async () => {
    const secured = await createTestApp({ settings: { HUB_PUBLIC_URL: 'https://hub.example.com' } });
    try {
      const local = `http://127.0.0.1:${secured.config.http.port}`;
      const login = await fetch(`${local}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(secured.admin),
      });
      const { data } = (await login.json()) as { data: { accessToken: string } };
      const registered = await fetch(`${local}/api/v1/oauth2/clients`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${data.accessToken}` },
        body: JSON.stringify({
          name: 'Secured',
          type: 'public',
          grantTypes: ['authorization_code'],
          redirectUris: [CALLBACK],
          scopes: ['uns:read'],
        }),
      });
      const { data: made } = (await registered.json()) as { data: FlowClient };
      const { search } = new URL(
        flow.address(made, { scope: 'uns:read', code_challenge: pkce().challenge, code_challenge_method: 'S256' }),
      );
      const started = await fetch(`${local}/api/v1/oauth2/authorize${search}`, { redirect: 'manual' });
      expect(started.headers.get('location')).toMatch(/^https:\/\/hub\.example\.com\/api\/v1\/oauth2\/interaction\//);
      const cookies = started.headers.getSetCookie();
      expect(cookies.length).toBeGreaterThan(1);
      for (const cookie of cookies) expect(cookie).toMatch(/; secure/i);
    } finally {
      await secured.stop();
    }
  });
});
