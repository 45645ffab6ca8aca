import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { createTestApp, eventually, readAnswer, type Answer, type ApiClient, type TestApp } from '#testing';

const SCOPES = ['uns:read', 'uns:write', 'uns:publish', 'pipelines:read', 'connectors:read'];

interface RegisteredClient {
  id: string;
  clientId: string;
  clientSecret: string;
}

describe('the OAuth2 server', () => {
  let app: TestApp;
  let admin: ApiClient;
  let client: RegisteredClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
    client = await register({ scopes: [...SCOPES, 'openid'] });
  });
  afterAll(() => app.stop());

  async function register(over: object = {}): Promise<RegisteredClient> {
    const request = {
      name: 'ERP sync',
      type: 'confidential',
      grantTypes: ['client_credentials'],
      scopes: SCOPES,
      ...over,
    };
    const answer = await admin.post('/oauth2/clients', request);
    expect(answer.status).toBe(201);
    return answer.body.data as RegisteredClient;
  }

  const form = (fields: Record<string, string>) => new URLSearchParams(fields);
  const proof = (of = client) => ({ client_id: of.clientId, client_secret: of.clientSecret });
  const ask = (fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer> =>
    app.stranger.post('/oauth2/token', form(fields), headers);
  const grant = (over: Record<string, string> = {}, of = client) =>
    ask({ grant_type: 'client_credentials', ...proof(of), ...over });
  const tokenOf = async (of = client, over: Record<string, string> = {}): Promise<string> =>
    (await grant(over, of)).body.access_token as string;

  describe('client credentials', () => {
    it('answer curl exactly as the guide does', async () => {
      const scope = SCOPES.join(' ');
      const { stdout } = await promisify(execFile)('curl', [
        ...['-s', '-X', 'POST', `${app.url}/api/v1/oauth2/token`],
        ...['-H', 'Content-Type: application/x-www-form-urlencoded'],
        ...['-d', 'grant_type=client_credentials'],
        ...['-d', `client_id=${client.clientId}`],
        ...['-d', `client_secret=${client.clientSecret}`],
        ...['-d', `scope=${scope}`],
      ]);
      expect(stdout).toMatch(
        /^\{"access_token":"eyJ[\w.-]+","token_type":"bearer","expires_in":3600,"scope":"[^"]+"\}$/,
      );
      expect(JSON.parse(stdout).scope).toBe(scope);
    });

    it('give a signed token of the service user, which works at the API', async () => {
      const token = await tokenOf();
      const me = (await admin.get('/auth/me')).body.data;
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) });
      expect(decodeJwt(token)).toMatchObject({
        iss: app.url,
        aud: `${app.url}/api/v1`,
        sub: me.user.id,
        client_id: client.clientId,
        scope: SCOPES.join(' '),
        jti: expect.any(String),
      });
      const caller = app.api(token);
      expect((await caller.get('/auth/me')).body.data).toMatchObject({
        user: { id: me.user.id },
        credential: { kind: 'oauth', clientId: client.clientId },
        scopes: SCOPES,
      });
      expect((await caller.get('/uns/topics')).status).toBe(200);
      expect((await caller.get('/oauth2/clients')).body.error).toBe('insufficient_scope');
    });

    it('take the secret in the header too', async () => {
      const authorization = `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`;
      const answer = await ask({ grant_type: 'client_credentials' }, { Authorization: authorization });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('grant narrower branches, and nothing outside the client’s scopes', async () => {
      const narrow = await grant({ scope: 'uns:publish:mHv1.0/line-1/# uns:read' });
      expect(narrow.body).toMatchObject({ scope: 'uns:publish:mHv1.0/line-1/# uns:read' });
      for (const scope of ['models:read', 'uns:fly', 'uns:read models:read', 'openid', 'uns:read  uns:write', '"']) {
        const answer = await grant({ scope });
        expect([scope, answer.status, answer.body.error]).toEqual([scope, 400, 'invalid_scope']);
      }
    });

    it('last as long as the client says', async () => {
      const brief = await register({ accessTokenTtlSeconds: 60 });
      const answer = await grant({}, brief);
      expect(answer.body.expires_in).toBe(60);
      const { exp, iat } = decodeJwt(answer.body.access_token as string);
      expect(exp! - iat!).toBe(60);
    });

    it('are refused by RFC 6749', async () => {
      const cases: [Promise<Answer>, number, string][] = [
        [grant({ client_secret: 'wrong' }), 401, 'invalid_client'],
        [grant({ client_id: 'nobody' }), 401, 'invalid_client'],
        [ask({ grant_type: 'client_credentials', client_id: client.clientId }), 401, 'invalid_client'],
        [ask({ grant_type: 'client_credentials' }), 400, 'invalid_request'],
        [grant({ grant_type: 'password' }), 400, 'unsupported_grant_type'],
        [grant({ grant_type: 'authorization_code', code: 'x' }), 400, 'invalid_request'],
        [ask(proof()), 400, 'invalid_request'],
        [app.stranger.post('/oauth2/token', { grant_type: 'client_credentials' }), 400, 'invalid_request'],
        [app.stranger.post('/oauth2/token', '{'), 400, 'invalid_request'],
      ];
      for (const [answer, status, error] of cases) {
        const { body, ...rest } = await answer;
        expect([rest.status, body]).toEqual([status, { error, error_description: expect.any(String) }]);
      }
      const basic = { Authorization: `Basic ${Buffer.from(`${client.clientId}:wrong`).toString('base64')}` };
      const answer = await ask({ grant_type: 'client_credentials' }, basic);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
    });

    it('stop with the service user', async () => {
      const user = await app.newUser('editor');
      const service = await register({ serviceUserId: user.id });
      const caller = app.api(await tokenOf(service));
      expect((await caller.get('/uns/topics')).status).toBe(200);
      await app.database.asSystem((manager) =>
        manager.query(`UPDATE users SET status = 'inactive' WHERE id = $1`, [user.id]),
      );
      await eventually(async () => (await caller.get('/uns/topics')).status === 401);
      expect((await grant({}, service)).body.error).toBe('unauthorized_client');
    });

    it('stay within the organizations of the client', async () => {
      const inside = await app.newOrganization();
      const outside = await app.newOrganization();
      const confined = await register({ organizationIds: [inside] });
      const token = await tokenOf(confined);
      expect((await app.api(token, inside).get('/uns/topics')).status).toBe(200);
      expect((await app.api(token, outside).get('/uns/topics')).body.error).toBe('forbidden');
      expect((await app.api(token).get('/auth/me')).body.data.organizations).toHaveLength(1);
    });
  });

  describe('clients', () => {
    it('are registered, read and listed; the secret is shown once', async () => {
      const { clientSecret, ...view } = await register({ name: 'Shown once', description: 'For a test' });
      expect(clientSecret).toMatch(/^mh_secret_[0-9A-Za-z]{43}$/);
      const read = await admin.get(`/oauth2/clients/${view.id}`);
      expect(read.body).toEqual({ data: view });
      expect(read.headers.get('etag')).toBe('"1"');
      expect((await admin.get('/oauth2/clients?search=shown')).body).toMatchObject({
        data: [view],
        meta: { total: 1 },
      });
      expect((await admin.get('/oauth2/clients/none')).body).toEqual({
        error: 'not_found',
        message: 'OAuth2 client not found',
      });
    });

    it('are disabled and enabled: live tokens are soon refused, and work again', async () => {
      const switched = await register();
      const caller = app.api(await tokenOf(switched));
      expect((await caller.get('/uns/topics')).status).toBe(200);
      const path = `/oauth2/clients/${switched.id}`;
      expect((await admin.post(`${path}/disable`, undefined, { 'If-Match': '"7"' })).status).toBe(412);
      const disabled = await admin.post(`${path}/disable`, undefined, { 'If-Match': '"1"' });
      expect(disabled.body.data).toMatchObject({ enabled: false, version: 2 });
      await eventually(async () => (await caller.get('/uns/topics')).status === 401);
      expect((await grant({}, switched)).status).toBe(401);
      expect((await admin.post(`${path}/enable`)).status).toBe(200);
      await eventually(async () => (await caller.get('/uns/topics')).status === 200);
    });

    it('are the system administrators’ affair', async () => {
      const somebody = app.api(await app.signIn(await app.newUser('admin')));
      expect((await app.stranger.get('/oauth2/clients')).status).toBe(401);
      expect((await somebody.get('/oauth2/clients')).body.error).toBe('forbidden');
      expect((await somebody.post('/oauth2/clients', '{')).body.error).toBe('forbidden');
      const narrow = app.api(await app.newToken(['clients:write', 'uns:read']));
      const request = { name: 'a', type: 'confidential', grantTypes: ['client_credentials'] };
      expect((await narrow.post('/oauth2/clients', { ...request, scopes: ['uns:read:mHv1.0/#'] })).status).toBe(201);
      expect((await narrow.post('/oauth2/clients', { ...request, scopes: ['uns:write'] })).status).toBe(403);
    });

    it.each<[object, string]>([
      [{ name: undefined }, 'Name is required'],
      [{ type: 'secret' }, 'Type must be one of'],
      [{ grantTypes: [] }, 'Grant types must name at least one grant type'],
      [{ grantTypes: ['password'] }, 'each value in grantTypes must be one of'],
      [{ grantTypes: ['authorization_code'] }, 'Redirect uris are required for authorization_code'],
      [{ scopes: ['uns:fly'] }, 'Scope uns:fly is not known'],
      [{ accessTokenTtlSeconds: 59 }, 'Access token ttl seconds must not be less than 60'],
      [{ serviceUserId: '0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d' }, 'Service user id is not that of an active user'],
    ])('are not registered with %j', async (over, message) => {
      const request = { name: 'a', type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read'] };
      const answer = await admin.post('/oauth2/clients', { ...request, ...over });
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain(message);
    });
  });

  describe('revocation', () => {
    const revoke = (fields: Record<string, string>, headers?: Record<string, string>) =>
      app.stranger.post('/oauth2/revoke', form(fields), headers);

    it('ends an access token at once', async () => {
      const token = await tokenOf();
      const caller = app.api(token);
      expect((await caller.get('/uns/topics')).status).toBe(200);
      const answer = await revoke({ token, ...proof() });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect((await caller.get('/uns/topics')).status).toBe(401);
    });

    it('ends a personal access token for whoever has it', async () => {
      const token = await app.newToken(['uns:read']);
      expect((await revoke({ token, ...proof() })).status).toBe(200);
      expect((await app.api(token).get('/uns/topics')).status).toBe(401);
    });

    it('is refused to strangers, to other clients and without a token', async () => {
      const token = await tokenOf();
      const other = await register();
      const cases: [Promise<Answer>, number, string][] = [
        [revoke({ token, ...proof(), client_secret: 'wrong' }), 401, 'invalid_client'],
        [revoke({ token }), 400, 'invalid_request'],
        [revoke(proof()), 400, 'invalid_request'],
        [revoke({ token, ...proof(other) }), 400, 'unauthorized_client'],
        [app.stranger.post('/oauth2/revoke', { token, ...proof() }), 400, 'invalid_request'],
      ];
      for (const [answer, status, error] of cases) {
        const { body, ...rest } = await answer;
        expect([rest.status, body.error]).toEqual([status, error]);
      }
      expect((await app.api(token).get('/uns/topics')).status).toBe(200);
    });

    it('has nothing against tokens that are none', async () => {
      expect((await revoke({ token: 'unknown', ...proof() })).status).toBe(200);
      expect((await revoke({ token: 'a.b.c', ...proof() })).status).toBe(200);
    });
  });

  describe('discovery', () => {
    it('names addresses that work and nothing that does not', async () => {
      const answer = await readAnswer(
        await fetch(`${app.url}/.well-known/openid-configuration`, { headers: { 'X-Forwarded-Host': 'evil.example' } }),
      );
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        issuer: app.url,
        token_endpoint: `${app.url}/api/v1/oauth2/token`,
        jwks_uri: `${app.url}/api/v1/oauth2/jwks`,
        revocation_endpoint: `${app.url}/api/v1/oauth2/revoke`,
      });
      expect(answer.body.scopes_supported).toContain('uns:publish');
      expect(answer.text).not.toContain('evil.example');
      const { keys } = (await readAnswer(await fetch(answer.body.jwks_uri as string))).body;
      expect(keys).toHaveLength(1);
      expect(keys[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
      expect(keys[0]).not.toHaveProperty('d');
    });

    it('answers what is no route like everywhere', async () => {
      for (const path of ['introspect', 'revoke', 'token', 'authorize/x/y', 'session/end/confirm', 'register']) {
        const answer = await app.stranger.get(`/oauth2/${path}`);
        expect(answer.body).toEqual({ error: 'not_found', message: 'Route not found' });
      }
    });

    it('serves openid-client as it comes', async () => {
      const configuration = await openid.discovery(
        new URL(app.url),
        client.clientId,
        client.clientSecret,
        openid.ClientSecretPost(client.clientSecret),
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the test server has no TLS
        { execute: [openid.allowInsecureRequests] },
      );
      const tokens = await openid.clientCredentialsGrant(configuration, { scope: 'uns:read uns:write' });
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'uns:read uns:write' });
      expect((await app.api(tokens.access_token).get('/uns/topics')).status).toBe(200);
      await openid.tokenRevocation(configuration, tokens.access_token);
      expect((await app.api(tokens.access_token).get('/uns/topics')).status).toBe(401);
    });

    it('has a public catalogue of scopes', async () => {
      const { body } = await app.stranger.get('/oauth2/scopes');
      expect(body.data).toContainEqual({ scope: 'uns:publish', group: 'UNS', description: 'Publish data to topics' });
      expect(body.meta.total).toBe(body.data.length);
    });
  });

  describe('access tokens', () => {
    it('are refused when anything about them is changed', async () => {
      const token = await tokenOf();
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const claims = { ...decodeJwt(token), scope: 'system:write' };
      const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
      const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
      const unknownKey = Buffer.from('{"alg":"RS256","typ":"at+jwt","kid":"other"}').toString('base64url');
      for (const wrong of [
        `${header}.${forged}.${signature}`,
        `${unsigned}.${payload}.x`,
        `${unknownKey}.${payload}.${signature}`,
        'a.b.c',
      ]) {
        expect((await app.api(wrong).get('/auth/me')).status).toBe(401);
      }
    });

    it('lose a scope that the client loses', async () => {
      const losing = await register();
      const caller = app.api(await tokenOf(losing));
      expect((await caller.get('/uns/topics')).status).toBe(200);
      await app.database.asSystem((manager) =>
        manager.query(`UPDATE oauth_clients SET scopes = '{models:read}' WHERE id = $1`, [losing.id]),
      );
      await eventually(async () => (await caller.get('/uns/topics')).status === 403);
    });
  });
});
