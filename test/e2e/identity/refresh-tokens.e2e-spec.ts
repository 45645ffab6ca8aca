import { UserGrants } from '../../../libs/identity/src/oauth/user-grants';
import { createTestApp, eventually, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, credentials, type FlowClient } from './authorization-flow';

const SCOPE = 'openid uns:read uns:publish';

describe('refresh tokens', () => {
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

  const signedIn = async (of = client) => (await flow.tokens(of, user, { scope: SCOPE })).body;
  const works = async (token: string) => (await app.api(token).get('/uns/topics')).status === 200;
  const stops = (token: string) => eventually(async () => !(await works(token)));

  it('are replaced at each use', async () => {
    const first = await signedIn();
    const second = await flow.refresh(client, first.refresh_token);
    expect(second.body).toMatchObject({ token_type: 'bearer', scope: SCOPE, id_token: expect.any(String) });
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await works(second.body.access_token)).toBe(true);
    expect((await flow.refresh(client, second.body.refresh_token)).status).toBe(200);
  });

  it('give fewer scopes where fewer are asked for, and never more', async () => {
    const first = await signedIn();
    const less = await flow.refresh(client, first.refresh_token, { scope: 'uns:read' });
    expect(less.body).toMatchObject({ scope: 'uns:read' });
    expect((await app.api(less.body.access_token).get('/auth/me')).body.data.scopes).toEqual(['uns:read']);
    const all = await flow.refresh(client, less.body.refresh_token);
    expect(all.body.scope).toBe(SCOPE);
    const more = await flow.refresh(client, all.body.refresh_token, { scope: 'pipelines:read' });
    expect([more.status, more.body.error]).toEqual([400, 'invalid_scope']);
  });

  it('used twice end all that came of them, access tokens too', async () => {
    const first = await signedIn();
    const second = (await flow.refresh(client, first.refresh_token)).body;
    expect(await works(second.access_token)).toBe(true);
    expect((await flow.refresh(client, first.refresh_token)).body.error).toBe('invalid_grant');
    await stops(second.access_token);
    expect((await flow.refresh(client, second.refresh_token)).body.error).toBe('invalid_grant');
    const [row] = await app.database.asSystem((manager) =>
      manager.query<object[]>(
        `SELECT reason FROM audit_entries WHERE action = 'oauth_token.issue' AND result = 'refused'`,
      ),
    );
    expect(row).toBeDefined();
  });

  it('used twice at once leave nothing that works', async () => {
    const { refresh_token } = await signedIn();
    const answers = await Promise.all(Array.from({ length: 4 }, () => flow.refresh(client, refresh_token)));
    for (const { body } of answers.filter(({ status }) => status === 200)) {
      await stops(body.access_token);
      expect((await flow.refresh(client, body.refresh_token)).status).toBe(400);
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('are of no use to another client', async () => {
    const other = await flow.register();
    const { refresh_token } = await signedIn();
    expect((await flow.refresh(other, refresh_token)).body.error).toBe('invalid_grant');
    expect((await flow.refresh(client, refresh_token)).status).toBe(200);
  });

  it('are given to clients that are registered for them alone', async () => {
    const without = await flow.register({ grantTypes: ['authorization_code'] });
    expect(await signedIn(without)).not.toHaveProperty('refresh_token');
  });

  it('end together, as long after signing in as the client says, and access tokens live as it says', async () => {
    const brief = await flow.register({ accessTokenTtlSeconds: 60, refreshTokenTtlSeconds: 120 });
    const first = await signedIn(brief);
    expect(first.expires_in).toBe(60);
    const lasting = await app.database.asSystem((manager) =>
      manager.query<object[]>(
        `SELECT 1 FROM oidc_payloads WHERE model = 'RefreshToken' AND consumed_at IS NULL AND account_id = $1
           AND expires_at BETWEEN now() + interval '1 minute' AND now() + interval '2 minutes'`,
        [user.id],
      ),
    );
    expect(lasting).toHaveLength(1);
    const aged = `UPDATE oidc_payloads SET expires_at = expires_at - interval '1 day' WHERE model = 'RefreshToken' AND account_id = $1`;
    await app.database.asSystem((manager) => manager.query(aged, [user.id]));
    expect((await flow.refresh(brief, first.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('lose a scope that the client loses', async () => {
    const losing = await flow.register();
    const { refresh_token } = await signedIn(losing);
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE oauth_clients SET scopes = '{openid,uns:read}' WHERE id = $1`, [losing.id]),
    );
    expect((await flow.refresh(losing, refresh_token)).body.scope).toBe('openid uns:read');
  });

  it('and all else of a user end when they are ended, browsers and consents too', async () => {
    const service = await flow.register({
      type: 'confidential',
      grantTypes: ['client_credentials'],
      redirectUris: [],
      serviceUserId: user.id,
    });
    const own = await flow.token({
      grant_type: 'client_credentials',
      client_id: service.clientId,
      client_secret: service.clientSecret,
    });
    const browser = flow.browser();
    const { body } = await flow.tokens(client, user, {}, browser);
    await app.nest.get(UserGrants, { strict: false }).endAll(user.id);
    await stops(body.access_token);
    expect((await flow.refresh(client, body.refresh_token)).body.error).toBe('invalid_grant');
    const page = await browser.open(
      flow.address(client, { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }),
    );
    expect((await browser.submit(page, 'sign-in', credentials(user))).text).toContain('Allow');
    expect(await works(own.body.access_token)).toBe(true);
  });
});
