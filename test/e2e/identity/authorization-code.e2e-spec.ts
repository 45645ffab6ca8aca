import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { Browser, createTestApp, eventually, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, CALLBACK, credentials, pkce, type FlowClient } from './authorization-flow';

describe('the authorization code flow', () => {
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

  const sql = (query: string, ...values: unknown[]) =>
    app.database.asSystem((manager) => manager.query<Record<string, unknown>[]>(query, values));

  /** With a challenge, so that public clients get past it. */
  const challenged = (over: object = {}) => ({
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    ...over,
  });

  it('gives tokens that work at the API', async () => {
    const { body } = await flow.tokens(client, user, { nonce: 'n-1' });
    const members = ['access_token', 'token_type', 'expires_in', 'id_token', 'refresh_token', 'scope'];
    expect(Object.keys(body)).toEqual(members);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid uns:read' });
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const { clientId } = client;
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: user.id,
      aud: `${app.url}/api/v1`,
      client_id: clientId,
      scope: 'openid uns:read',
    });
    expect(decodeProtectedHeader(body.id_token)).toMatchObject({ alg: 'RS256' });
    expect(decodeJwt(body.id_token)).toMatchObject({ iss: app.url, sub: user.id, aud: clientId, nonce: 'n-1' });
    const api = app.api(body.access_token);
    expect((await api.get('/uns/topics')).status).toBe(200);
    const me = (await api.get('/auth/me')).body.data;
    expect(me).toMatchObject({ user: { id: user.id }, credential: { kind: 'oauth', clientId }, scopes: ['uns:read'] });
    expect((await api.post('/uns/data/publish', { topic: 'mHv1.0/a', value: 1 })).body.error).toBe(
      'insufficient_scope',
    );
  });

  it('serves openid-client as it comes', async () => {
    const service = await flow.register({
      type: 'confidential',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
    const configuration = await openid.discovery(
      new URL(app.url),
      service.clientId,
      service.clientSecret,
      openid.ClientSecretBasic(service.clientSecret),
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the test server has no TLS
      { execute: [openid.allowInsecureRequests] },
    );
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const request = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: CALLBACK,
      scope: 'openid profile email uns:read uns:publish',
      state: expectedState,
      nonce: expectedNonce,
      max_age: '60',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const browser = flow.browser();
    const page = await browser.submit(await browser.open(request.href), 'sign-in', credentials(user));
    const { headers } = await browser.submit(page, 'consent', { decision: 'allow' });
    const tokens = await openid.authorizationCodeGrant(configuration, new URL(headers.get('location')!), {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      maxAge: 60,
    });
    expect(tokens.claims()).toMatchObject({ sub: user.id, email: user.email });
    const info = await openid.fetchUserInfo(configuration, tokens.access_token, user.id);
    expect(info).toEqual({
      sub: user.id,
      name: 'Test User',
      given_name: 'Test',
      family_name: 'User',
      updated_at: expect.any(Number),
      email: user.email,
    });
    const renewed = await openid.refreshTokenGrant(configuration, tokens.refresh_token!, { scope: 'openid uns:read' });
    expect(renewed.scope).toBe('openid uns:read');
    expect(await openid.tokenIntrospection(configuration, renewed.access_token)).toMatchObject({
      active: true,
      scope: 'openid uns:read',
      client_id: service.clientId,
      username: user.email,
      sub: user.id,
    });
    await openid.tokenRevocation(configuration, renewed.refresh_token!);
    expect(await openid.tokenIntrospection(configuration, renewed.access_token)).toEqual({ active: false });
    expect((await app.api(renewed.access_token).get('/uns/topics')).status).toBe(401);
    const own = await openid.clientCredentialsGrant(configuration, { scope: 'uns:read' });
    expect(own.refresh_token).toBeUndefined();
  });

  it('takes the request as a form too', async () => {
    const query = new URL(flow.address(client, challenged())).search;
    const page = await flow.browser().post('/api/v1/oauth2/authorize', Object.fromEntries(new URLSearchParams(query)));
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('to continue to')]);
  });

  it('is asked for by confidential clients with or without a challenge', async () => {
    const service = await flow.register({ type: 'confidential' });
    const { code } = flow.told(await flow.authorize(service, user));
    expect((await flow.exchange(service, code)).status).toBe(200);
    expect((await flow.tokens(service, user)).status).toBe(200);
  });

  it('comes back to applications with a scheme of their own', async () => {
    const redirect_uri = 'com.example.viewer:/callback';
    const native = await flow.register({ redirectUris: [redirect_uri] });
    const page = await flow.authorize(native, user, challenged({ redirect_uri }));
    expect(page.headers.get('location')).toMatch(/^com\.example\.viewer:\/callback\?code=/);
  });

  describe('scopes', () => {
    it('are granted as branches, and all of the client’s where none is named', async () => {
      const scope = 'uns:read:mHv1.0/line%201/# uns:publish:mHv1.0/+/line-1/#';
      const narrow = await flow.tokens(client, user, { scope });
      expect(narrow.body.scope).toBe(scope);
      expect((await app.api(narrow.body.access_token).get('/auth/me')).body.data.scopes).toEqual(scope.split(' '));
      const all = await flow.tokens(client, user, { scope: undefined });
      expect(all.body.scope).toBe('uns:read uns:publish pipelines:read');
      expect(all.body).not.toHaveProperty('id_token');
    });

    it.each(['models:read', 'uns:fly', 'uns:read system:write', '"', 'pipelines:read:mHv1.0/#', 'uns:read  openid'])(
      'outside the client’s are refused: %s',
      async (scope) => {
        const page = await flow.browser().open(flow.address(client, challenged({ scope })));
        expect(flow.told(page)).toMatchObject({ error: 'invalid_scope', state: 'xyz', iss: app.url });
      },
    );

    it('of OpenID Connect have to be registered like the others', async () => {
      const plain = await flow.register({ scopes: ['uns:read'] });
      const page = await flow.browser().open(flow.address(plain, challenged()));
      expect(flow.told(page).error).toBe('invalid_scope');
    });

    it('are for this API alone', async () => {
      const resource = 'https://other.example.com/';
      const page = await flow.browser().open(flow.address(client, challenged({ resource })));
      expect(flow.told(page).error).toBe('invalid_target');
      const same = await flow.tokens(client, user, { resource: `${app.url}/api/v1` });
      expect(same.body.scope).toBe('openid uns:read');
    });
  });

  describe('the user', () => {
    it('is asked once, and again when more is asked for', async () => {
      const asking = await flow.register({ name: 'Asking' });
      const browser = flow.browser();
      await flow.tokens(asking, user, { scope: 'openid uns:read' }, browser);
      const again = await browser.open(flow.address(asking, challenged({ scope: 'openid uns:read:mHv1.0/a/#' })));
      expect(flow.told(again)).toHaveProperty('code');
      const elsewhere = flow.browser();
      const page = await elsewhere.open(flow.address(asking, challenged()));
      expect(flow.told(await elsewhere.submit(page, 'sign-in', credentials(user)))).toHaveProperty('code');
      const more = await browser.open(flow.address(asking, challenged({ scope: 'openid uns:read uns:publish' })));
      expect(more.text).toContain('Publish data to topics');
      const forced = await browser.open(flow.address(asking, challenged({ prompt: 'consent' })));
      expect(forced.text).toContain('Allow Asking?');
    });

    it('denies, or leaves, and the client is told', async () => {
      const refused = await flow.register();
      const browser = flow.browser();
      const page = await browser.open(flow.address(refused, challenged()));
      const left = await browser.submit(page, 'cancel');
      expect(flow.told(left)).toMatchObject({ error: 'access_denied', state: 'xyz', iss: app.url });
      const again = await browser.open(flow.address(refused, challenged()));
      const consent = await browser.submit(again, 'sign-in', credentials(user));
      expect(flow.told(await browser.submit(consent, 'consent', { decision: 'deny' }))).toMatchObject({
        error: 'access_denied',
        state: 'xyz',
      });
    });

    it('is sent back at once where no page may be shown', async () => {
      const silent = await flow.register();
      const none = flow.address(silent, challenged({ prompt: 'none' }));
      const browser = flow.browser();
      expect(flow.told(await browser.open(none))).toMatchObject({ error: 'login_required', state: 'xyz' });
      await flow.tokens(client, user, {}, browser);
      expect(flow.told(await browser.open(none)).error).toBe('consent_required');
      await flow.tokens(silent, user, {}, browser);
      expect(flow.told(await browser.open(none))).toHaveProperty('code');
    });

    it('signs in again where the client insists', async () => {
      const browser = flow.browser();
      await flow.tokens(client, user, {}, browser);
      for (const over of [{ prompt: 'login' }, { max_age: '0' }]) {
        const page = await browser.open(flow.address(client, challenged(over)));
        expect(page.text).toContain('<h1>Sign in</h1>');
        expect(flow.told(await browser.submit(page, 'sign-in', credentials(user)))).toHaveProperty('code');
      }
    });

    it('hands the browser over to somebody else', async () => {
      const other = await app.newUser('viewer');
      const shared = await flow.register();
      const browser = flow.browser();
      await flow.tokens(client, user, {}, browser);
      const { verifier, challenge } = pkce();
      const request = { code_challenge: challenge, code_challenge_method: 'S256' };
      const consent = await browser.open(flow.address(shared, request));
      expect(consent.text).toContain(user.email);
      const signIn = await browser.open(`${consent.url}?account=other`);
      const theirs = await browser.submit(signIn, 'sign-in', credentials(other));
      expect(theirs.text).toContain(other.email);
      const { code } = flow.told(await browser.submit(theirs, 'consent', { decision: 'allow' }));
      const { body } = await flow.exchange(shared, code, { code_verifier: verifier });
      expect(decodeJwt(body.access_token).sub).toBe(other.id);
      const next = await browser.open(flow.address(shared, challenged({ prompt: 'consent' })));
      expect(next.text).toContain(other.email);
    });

    it('stays signed in for twelve hours at the most', async () => {
      const browser = flow.browser();
      await flow.tokens(client, user, {}, browser);
      const left = `extract(epoch FROM max(expires_at) - now()) AS seconds`;
      const query = `SELECT ${left} FROM oidc_payloads WHERE model = 'Session' AND account_id = $1`;
      const [{ seconds }] = (await sql(query, user.id)) as [{ seconds: string }];
      expect(Number(seconds)).toBeLessThanOrEqual(12 * 60 * 60);
      expect(Number(seconds)).toBeGreaterThan(12 * 60 * 60 - 60);
    });

    it('is written down: signing in, allowing, denying', async () => {
      const audited = await flow.register({ name: 'Audited' });
      const browser = flow.browser();
      await flow.tokens(audited, user, {}, browser);
      const page = await browser.open(flow.address(audited, challenged({ prompt: 'consent' })));
      await browser.submit(page, 'consent', { decision: 'deny' });
      const rows = await sql(
        `SELECT action, user_id, entity_name, details FROM audit_entries WHERE entity_id = $1 AND action !~ '^oauth_client' ORDER BY id`,
        audited.id,
      );
      const scopes = ['openid', 'uns:read'];
      expect(rows).toEqual([
        { action: 'sign-in.complete', user_id: user.id, entity_name: 'Audited', details: { methods: ['pwd'] } },
        { action: 'consent.grant', user_id: user.id, entity_name: 'Audited', details: { scopes } },
        { action: 'consent.deny', user_id: user.id, entity_name: 'Audited', details: { scopes } },
      ]);
    });
  });

  describe('somebody who is deactivated', () => {
    const deactivate = (id: string) => sql(`UPDATE users SET status = 'inactive' WHERE id = $1`, id);

    it('on the way gets nothing, at any step', async () => {
      const [atConsent, atCode, atRefresh] = [await app.newUser(), await app.newUser(), await app.newUser()];
      const browser = flow.browser();
      const fresh = await flow.register();
      const page = await browser.open(flow.address(fresh, challenged()));
      const consent = await browser.submit(page, 'sign-in', credentials(atConsent));
      await deactivate(atConsent.id);
      expect((await browser.submit(consent, 'consent', { decision: 'allow' })).status).toBe(404);

      const { verifier, challenge } = pkce();
      const request = { code_challenge: challenge, code_challenge_method: 'S256' };
      const { code } = flow.told(await flow.authorize(fresh, atCode, request));
      await deactivate(atCode.id);
      expect((await flow.exchange(fresh, code, { code_verifier: verifier })).body.error).toBe('invalid_grant');

      const { body } = await flow.tokens(fresh, atRefresh);
      await deactivate(atRefresh.id);
      expect((await flow.refresh(fresh, body.refresh_token)).body.error).toBe('invalid_grant');
      await eventually(async () => (await app.api(body.access_token).get('/uns/topics')).status === 401);
    });

    it('is out of the browser at once', async () => {
      const leaving = await app.newUser('viewer');
      const browser = flow.browser();
      await flow.tokens(client, leaving, {}, browser);
      await deactivate(leaving.id);
      const none = await browser.open(flow.address(client, challenged({ prompt: 'none' })));
      expect(flow.told(none).error).toBe('login_required');
      const page = await browser.open(flow.address(client, challenged()));
      expect(page.text).toContain('<h1>Sign in</h1>');
      expect((await browser.submit(page, 'sign-in', credentials(leaving))).status).toBe(401);
      const staying = await browser.submit(page, 'sign-in', credentials(user));
      expect(flow.told(staying)).toHaveProperty('code');
    });
  });

  it('does without a browser that keeps no cookies', async () => {
    const page = await new Browser(app.url).open(flow.address(client, challenged()));
    const stranger = await fetch(page.url, { headers: { Accept: 'text/html' } });
    expect([stranger.status, await stranger.text()]).toEqual([404, expect.stringContaining('another browser')]);
    const program = await fetch(page.url);
    expect([program.status, await program.json()]).toEqual([404, expect.objectContaining({ error: 'not_found' })]);
  });
});
