import { createTestApp, eventually, type Browser, type Page, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, CALLBACK, credentials, pkce, type FlowClient } from './authorization-flow';

describe('the authorization server', () => {
  let app: TestApp;
  let flow: AuthorizationFlow;
  let user: TestUser;
  let client: FlowClient;
  let other: FlowClient;

  beforeAll(async () => {
    app = await createTestApp();
    flow = new AuthorizationFlow(app);
    user = await app.newUser('editor');
    client = await flow.register({ redirectUris: [CALLBACK, 'http://127.0.0.1:3000/cb?tab=1'] });
    other = await flow.register();
  });
  afterAll(() => app.stop());

  const challenged = (over: object = {}) => ({
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    ...over,
  });
  /** A code with its verifier, for `client`. */
  const newCode = async (of = client) => {
    const { verifier, challenge } = pkce();
    const request = { code_challenge: challenge, code_challenge_method: 'S256' };
    return { code: flow.told(await flow.authorize(of, user, request)).code, code_verifier: verifier };
  };
  const open = (over: object): Promise<Page> => flow.browser().open(flow.address(client, challenged(over)));

  describe('sends browsers to registered addresses alone', () => {
    it.each([
      'https://app.example.com/callback/',
      'https://app.example.com/callback/more',
      'https://app.example.com/callback?x=1',
      'https://app.example.com/callback#x',
      'https://app.example.com/Callback',
      'https://APP.example.com/callback',
      'https://app.example.com/%63allback',
      'https://app.example.com/x/../callback',
      'https://app.example.com:443/callback',
      'https://app.example.com.evil.example/callback',
      'https://app.example.com@evil.example/callback',
      'http://app.example.com/callback',
      'http://127.0.0.1:3001/cb?tab=1',
      'http://127.0.0.1:3000/cb',
      'http://localhost:3000/cb?tab=1',
      'javascript:alert(1)',
      '//app.example.com/callback',
      'https://app.example.com/callback\r\nSet-Cookie: a=b',
      '',
    ])('not to %j', async (redirect_uri) => {
      const page = await open({ redirect_uri });
      expect([page.status, page.headers.get('location')]).toEqual([400, null]);
      expect(page.headers.get('set-cookie')).toBeNull();
      expect(page.text).toContain('<h1>Sign-in is not possible</h1>');
    });

    it('not where there is none, or two', async () => {
      expect((await open({ redirect_uri: undefined })).headers.get('location')).toBeNull();
      const twice = `${flow.address(client, challenged())}&redirect_uri=${encodeURIComponent('https://evil.example/')}`;
      expect((await flow.browser().open(twice)).headers.get('location')).toBeNull();
    });

    it('and tells programs in JSON', async () => {
      const url = flow.address(client, challenged({ redirect_uri: 'https://evil.example/' }));
      const answer = await fetch(url, { redirect: 'manual' });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { error: 'invalid_redirect_uri', error_description: expect.any(String) },
      ]);
    });
  });

  it('keeps the state byte for byte', async () => {
    const state = `ü😀 %20+&=?#"'<>\\/;,\u0000\r\nLocation: https://evil.example/`;
    const page = await open({ prompt: 'none', state });
    expect(flow.told(page)).toMatchObject({ error: 'login_required', state });
    expect(new URL(page.headers.get('location')!).host).toBe('app.example.com');
    expect(flow.told(await flow.authorize(client, user, challenged({ state }))).state).toBe(state);
  });

  it.each<[string, object]>([
    ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['with a plain one', { code_challenge_method: 'plain' }],
    ['with one of no method', { code_challenge_method: undefined }],
    ['with a method alone', { code_challenge: undefined }],
    ['with a short one', { code_challenge: 'short' }],
  ])('refuses public clients %s', async (_, over) => {
    expect(flow.told(await open(over))).toMatchObject({ error: 'invalid_request', state: 'xyz' });
  });

  it('takes no plain challenge of confidential clients either', async () => {
    const service = await flow.register({ type: 'confidential' });
    const plain = { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' };
    expect(flow.told(await flow.browser().open(flow.address(service, plain))).error).toBe('invalid_request');
  });

  it('offers codes alone', async () => {
    for (const response_type of ['token', 'id_token', 'code id_token', 'none']) {
      const page = await open({ response_type });
      expect(page.headers.get('location')).toContain('error=unsupported_response_type');
    }
  });

  it.each<[string, object]>([
    ['without the verifier', { code_verifier: undefined }],
    ['with another verifier', { code_verifier: pkce().verifier }],
    ['with a malformed verifier', { code_verifier: 'x' }],
    ['for another address', { redirect_uri: 'http://127.0.0.1:3000/cb?tab=1' }],
    ['that was never given', { code: 'unknown' }],
  ])('gives nothing for a code %s', async (_, over) => {
    const answer = await flow.exchange(client, undefined, { ...(await newCode()), ...over });
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringMatching(/^invalid_(grant|request)$/)]);
  });

  it('takes no verifier for a code that was asked for without a challenge', async () => {
    const service = await flow.register({ type: 'confidential' });
    const { code } = flow.told(await flow.authorize(service, user));
    const answer = await flow.exchange(service, code, { code_verifier: pkce().verifier });
    expect(answer.body.error).toBe('invalid_grant');
  });

  it('gives nothing for the code of another client', async () => {
    const { code, code_verifier } = await newCode();
    expect((await flow.exchange(other, code, { code_verifier })).body.error).toBe('invalid_grant');
    const service = await flow.register({ type: 'confidential' });
    expect((await flow.exchange(service, code, { code_verifier })).body.error).toBe('invalid_grant');
  });

  it('takes a code once; a second time ends what the first gave', async () => {
    const { code, code_verifier } = await newCode();
    const { body } = await flow.exchange(client, code, { code_verifier });
    const caller = app.api(body.access_token);
    expect((await caller.get('/uns/topics')).status).toBe(200);
    expect((await flow.exchange(client, code, { code_verifier })).body.error).toBe('invalid_grant');
    await eventually(async () => (await caller.get('/uns/topics')).status === 401);
    expect((await flow.refresh(client, body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('takes a code once from many at once', async () => {
    const { code, code_verifier } = await newCode();
    const answers = await Promise.all(Array.from({ length: 4 }, () => flow.exchange(client, code, { code_verifier })));
    const given = answers.filter(({ status }) => status === 200);
    expect(given.length).toBeLessThanOrEqual(1);
    for (const { body } of given) {
      await eventually(async () => (await app.api(body.access_token).get('/uns/topics')).status === 401);
    }
  });

  it('wants a secret of confidential clients, and none of public ones', async () => {
    const service = await flow.register({ type: 'confidential' });
    const { code, code_verifier } = await newCode(service);
    const bare = { ...service, clientSecret: undefined };
    expect((await flow.exchange(bare, code, { code_verifier })).body.error).toBe('invalid_client');
  });

  it('refuses a client that is disabled on the way, and all its tokens', async () => {
    const closing = await flow.register();
    const { body } = await flow.tokens(closing, user);
    const userinfo = () => app.api(body.access_token).get('/oauth2/userinfo');
    expect((await userinfo()).status).toBe(200);
    const browser = flow.browser();
    const page = await browser.open(flow.address(closing, challenged()));
    const admin = app.api(await app.signIn());
    expect((await admin.post(`/oauth2/clients/${closing.id}/disable`)).status).toBe(200);
    expect((await userinfo()).status).toBe(401);
    expect((await browser.submit(page, 'sign-in', credentials(user))).status).toBe(404);
    expect((await browser.open(flow.address(closing, challenged()))).status).toBe(400);
    expect((await flow.refresh(closing, body.refresh_token)).body.error).toBe('invalid_client');
    await eventually(async () => (await app.api(body.access_token).get('/uns/topics')).status === 401);
  });

  describe.each(['sign-in', 'consent', 'cancel'])('takes the form of %s', (name) => {
    let browser: Browser;
    let page: Page;

    beforeEach(async () => {
      browser = flow.browser();
      page = await browser.open(flow.address(await flow.register(), challenged()));
      if (name === 'consent') page = await browser.submit(page, 'sign-in', credentials(user));
    });

    const send = (fields: Record<string, string> = {}, headers: Record<string, string> = {}, from = browser) =>
      from.submit(page, name, { ...credentials(user), decision: 'allow', ...fields }, headers);

    it('from no other site', async () => {
      const foreign: Record<string, string>[] = [
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
      ];
      for (const headers of foreign) {
        const answer = await send({}, headers);
        expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
      }
    });

    it('with its token alone', async () => {
      const token = (await flow.browser().open(flow.address(client, challenged()))).text;
      const ofAnother = /name="form_token" value="([^"]+)"/.exec(token)![1]!;
      for (const form_token of ['', 'x', ofAnother]) expect((await send({ form_token })).status).toBe(403);
    });

    it('from no other browser', async () => {
      expect((await send({}, {}, flow.browser())).status).toBe(404);
    });

    it('and once', async () => {
      expect((await send()).status).toBeLessThan(400);
      expect((await send()).status).toBe(404);
    });
  });

  it('does not go on in another browser than it began in', async () => {
    const browser = flow.browser();
    const page = await browser.open(flow.address(client, challenged()));
    const resumed = page.url.replace('/interaction/', '/authorize/');
    expect((await flow.browser().open(resumed)).status).toBe(400);
  });

  it('shows names as text', async () => {
    const name = `<script>alert("x")</script>'&`;
    const odd = await flow.register({ name });
    const browser = flow.browser();
    const hint = `"><img src=x onerror=alert(1)>`;
    const page = await browser.open(flow.address(odd, challenged({ login_hint: hint })));
    expect(page.text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;');
    expect(page.text).toContain('value="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"');
    const consent = await browser.submit(page, 'sign-in', credentials(user));
    for (const { text } of [page, consent]) expect(text).not.toMatch(/<script|<img/);
  });

  it('holds up whoever guesses at secrets of clients, at every endpoint', async () => {
    const strict = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '4' } });
    try {
      const guess = (path: string) =>
        strict.stranger.post(path, new URLSearchParams({ token: 'x', client_id: 'a', client_secret: 'b' }));
      for (const path of ['revoke', 'introspect', 'revoke', 'introspect']) {
        expect((await guess(`/oauth2/${path}`)).status).toBe(401);
      }
      for (const path of ['revoke', 'introspect', 'userinfo']) {
        expect((await guess(`/oauth2/${path}`)).status).toBe(429);
      }
    } finally {
      await strict.stop();
    }
  });
});
