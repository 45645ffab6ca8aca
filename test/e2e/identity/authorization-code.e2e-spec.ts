import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createTestApp, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, CALLBACK, pkce, type FlowClient } from './authorization-flow';

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

  it('gives tokens that work at the API', async () => {
    const { body } = await flow.tokens(client, user, { nonce: 'n-1' });
    expect(Object.keys(body)).toEqual([
      'access_token',
      'token_type',
      'expires_in',
      'id_token',
      'refresh_token',
      'scope',
    ]);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid uns:read' });
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: user.id,
      aud: `${app.url}/api/v1`,
      client_id: client.clientId,
    });
    expect(decodeProtectedHeader(body.id_token)).toMatchObject({ alg: 'RS256' });
    expect(decodeJwt(body.id_token)).toMatchObject({ iss: app.url, sub: user.id, aud: client.clientId, nonce: 'n-1' });
    const api = app.api(body.access_token);
    expect((await api.get('/uns/topics')).status).toBe(200);
    expect((await api.get('/auth/me')).body.data.credential).toMatchObject({
      kind: 'oauth',
      clientId: client.clientId,
    });
    expect((await api.post('/uns/data/publish', { topic: 'mHv1.0/a', value: 1 })).body.error).toBe(
      'insufficient_scope',
    );
  });

  it('answers with state and issuer', async () => {
    const { challenge } = pkce();
    const page = await flow.authorize(client, user, { code_challenge: challenge, code_challenge_method: 'S256' });
    expect(page.status).toBe(303);
    expect(page.headers.get('location')!.startsWith(`${CALLBACK}?code=`)).toBe(true);
    expect(flow.told(page)).toMatchObject({ state: 'xyz', iss: app.url });
  });
});
