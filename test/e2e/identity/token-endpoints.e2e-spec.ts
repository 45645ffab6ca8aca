import { readAnswer, createTestApp, type Answer, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, CALLBACK, type FlowClient } from './authorization-flow';

const ORIGIN = new URL(CALLBACK).origin;

describe('the endpoints for tokens', () => {
  let app: TestApp;
  let flow: AuthorizationFlow;
  let user: TestUser;
  let service: FlowClient;
  let viewer: FlowClient;

  beforeAll(async () => {
    app = await createTestApp();
    flow = new AuthorizationFlow(app);
    user = await app.newUser('editor');
    viewer = await flow.register();
    service = await flow.register({
      type: 'confidential',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    });
  });
  afterAll(() => app.stop());

  const ask = (path: string, of: FlowClient, token: string, headers = {}): Promise<Answer> => {
    const secret = of.clientSecret === undefined ? undefined : { client_secret: of.clientSecret };
    const form = new URLSearchParams({ token, client_id: of.clientId, ...secret });
    return app.stranger.post(`/oauth2/${path}`, form, headers);
  };

  describe('introspection', () => {
    it('tells a client about its own tokens', async () => {
      const { body } = await flow.tokens(service, user);
      const access = await ask('introspect', service, body.access_token);
      expect(access.headers.get('cache-control')).toBe('no-store');
      expect(access.body).toEqual({
        active: true,
        scope: 'openid uns:read',
        client_id: service.clientId,
        username: user.email,
        token_type: 'bearer',
        exp: expect.any(Number),
        iat: expect.any(Number),
        sub: user.id,
        aud: `${app.url}/api/v1`,
        iss: app.url,
        jti: expect.any(String),
      });
      const refresh = await ask('introspect', service, body.refresh_token);
      expect(refresh.body).toMatchObject({ active: true, scope: 'openid uns:read', sub: user.id });
      await flow.refresh(service, body.refresh_token);
      expect((await ask('introspect', service, body.refresh_token)).body).toEqual({ active: false });
    });

    it('knows nothing of others’ tokens, or of those that ended', async () => {
      const { body } = await flow.tokens(viewer, user);
      const own = (await flow.tokens(service, user)).body;
      await ask('revoke', service, own.access_token);
      const personal = await app.newToken(['uns:read']);
      const session = await app.signIn();
      const none = [body.access_token, body.refresh_token, own.access_token, personal, session, 'x', 'a.b.c'];
      for (const token of none) expect((await ask('introspect', service, token)).body).toEqual({ active: false });
    });

    it('is for clients with a secret', async () => {
      const { body } = await flow.tokens(viewer, user);
      const cases: [Promise<Answer>, number, string][] = [
        [ask('introspect', viewer, body.access_token), 401, 'invalid_client'],
        [ask('introspect', { ...service, clientSecret: 'wrong' }, body.access_token), 401, 'invalid_client'],
        [ask('introspect', service, ''), 400, 'invalid_request'],
      ];
      for (const [answer, status, error] of cases) {
        expect([(await answer).status, (await answer).body.error]).toEqual([status, error]);
      }
    });
  });

  describe('revocation', () => {
    it('of a refresh token ends the access tokens of its grant', async () => {
      const { body } = await flow.tokens(viewer, user);
      const api = app.api(body.access_token);
      expect((await ask('revoke', service, body.refresh_token)).body.error).toBe('unauthorized_client');
      expect((await api.get('/oauth2/userinfo')).status).toBe(200);
      expect((await ask('revoke', viewer, body.refresh_token)).status).toBe(200);
      expect((await api.get('/oauth2/userinfo')).status).toBe(401);
      expect((await flow.refresh(viewer, body.refresh_token)).body.error).toBe('invalid_grant');
    });

    it('of an access token leaves its refresh token', async () => {
      const { body } = await flow.tokens(viewer, user);
      expect((await ask('revoke', viewer, body.access_token)).status).toBe(200);
      expect((await app.api(body.access_token).get('/oauth2/userinfo')).status).toBe(401);
      expect((await flow.refresh(viewer, body.refresh_token)).status).toBe(200);
    });
  });

  describe('userinfo', () => {
    it('tells what the scopes of the token allow, by GET, POST and form', async () => {
      const told = async (scope: string) => {
        const { access_token } = (await flow.tokens(viewer, user, { scope })).body;
        const api = app.api(access_token);
        const form = new URLSearchParams({ access_token });
        const answers = [
          await api.get('/oauth2/userinfo'),
          await api.post('/oauth2/userinfo'),
          await app.stranger.post('/oauth2/userinfo', form),
        ];
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
        expect(answers[1]!.body).toEqual(answers[0]!.body);
        expect(answers[2]!.body).toEqual(answers[0]!.body);
        return answers[0]!.body as unknown;
      };
      expect(await told('openid')).toEqual({ sub: user.id });
      expect(await told('openid email')).toEqual({ sub: user.id, email: user.email });
      expect(await told('openid profile')).toMatchObject({ sub: user.id, name: 'Test User' });
    });

    it('is refused by RFC 6750', async () => {
      const { access_token } = (await flow.tokens(viewer, user, { scope: 'uns:read' })).body;
      const cases: [Promise<Answer>, number, string][] = [
        [app.stranger.get('/oauth2/userinfo'), 401, 'Bearer'],
        [app.api('x').get('/oauth2/userinfo'), 401, 'Bearer error="invalid_token"'],
        [app.api(await app.newToken(['uns:read'])).get('/oauth2/userinfo'), 401, 'Bearer error="invalid_token"'],
        [app.api(access_token).get('/oauth2/userinfo'), 403, 'Bearer error="insufficient_scope", scope="openid"'],
      ];
      for (const [answer, status, challenge] of cases) {
        const { headers, ...rest } = await answer;
        expect([rest.status, headers.get('www-authenticate')]).toEqual([status, challenge]);
      }
      const twice = app.api(access_token).post('/oauth2/userinfo', new URLSearchParams({ access_token }));
      expect((await twice).body.error).toBe('invalid_request');
    });
  });

  describe('scripts of the client’s own site', () => {
    const preflight = (path: string) =>
      fetch(`${app.url}/api/v1/oauth2/${path}`, {
        method: 'OPTIONS',
        headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'POST' },
      });

    it.each(['token', 'revoke', 'userinfo'])('may ask %s', async (path) => {
      const { status, headers } = await preflight(path);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
    });

    it('may not ask introspect', async () => {
      expect((await preflight('introspect')).status).toBe(404);
    });

    it('read answers; those of other sites do not', async () => {
      const { body } = await flow.tokens(viewer, user);
      const asked = async (origin: string) => {
        const headers = { Origin: origin };
        const info = await app.api(body.access_token).get('/oauth2/userinfo', headers);
        const token = await flow
          .refresh(viewer, 'x')
          .then(() =>
            flow.token({ grant_type: 'refresh_token', client_id: viewer.clientId, refresh_token: 'x' }, headers),
          );
        const revoke = await ask('revoke', viewer, 'x', headers);
        return [info, token, revoke].map((answer) => answer.headers.get('access-control-allow-origin'));
      };
      expect(await asked(ORIGIN)).toEqual([ORIGIN, ORIGIN, ORIGIN]);
      expect(await asked('https://evil.example')).toEqual([null, null, null]);
      expect(await asked('null')).toEqual([null, null, null]);
    });
  });

  describe('discovery', () => {
    it('tells exactly what is offered, at addresses that work', async () => {
      const { body } = await readAnswer(await fetch(`${app.url}/.well-known/openid-configuration`));
      const at = (path: string) => `${app.url}/api/v1/oauth2/${path}`;
      expect(body).toMatchObject({
        issuer: app.url,
        authorization_endpoint: at('authorize'),
        token_endpoint: at('token'),
        userinfo_endpoint: at('userinfo'),
        jwks_uri: at('jwks'),
        revocation_endpoint: at('revoke'),
        introspection_endpoint: at('introspect'),
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        id_token_signing_alg_values_supported: ['RS256'],
        subject_types_supported: ['public'],
        authorization_response_iss_parameter_supported: true,
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      });
      expect([...body.grant_types_supported].sort()).toEqual([
        'authorization_code',
        'client_credentials',
        'refresh_token',
      ]);
      expect(body.scopes_supported).toEqual(expect.arrayContaining(['uns:read', 'openid', 'offline_access']));
      expect([...body.claims_supported].sort()).toEqual(
        ['auth_time', 'email', 'family_name', 'given_name', 'iss', 'name', 'sub', 'updated_at'].sort(),
      );
      const addresses = Object.entries(body as object).filter(([name]) => /_endpoint$|_uri$/.test(name));
      for (const [, address] of addresses) {
        const answers = await Promise.all(['GET', 'POST'].map((method) => fetch(String(address), { method })));
        expect(answers.some(({ status }) => status !== 404)).toBe(true);
      }
    });
  });
});
