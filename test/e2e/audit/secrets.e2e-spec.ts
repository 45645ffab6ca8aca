import { ALL_SCOPES, newId } from '#kernel';
import { routeTable } from '#platform/http';
import { createTestApp, eventually, type TestApp } from '#testing';

/** Each in a field that takes it, and in some that do not. */
const PASSWORDS = ['Hunter2-hunter2-hunter2', 'Battery-horse-9-staple'];

describe('the trail after many calls', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } });
  });

  afterAll(() => app.stop());

  it('holds no secret', async () => {
    const session = await app.signIn();
    const token = await app.newToken(ALL_SCOPES);
    const users = [await app.newUser('viewer'), await app.newUser()];
    const poor = [
      await app.newToken(['tokens:read']),
      ...(await Promise.all(users.map((user) => app.newToken(ALL_SCOPES, user)))),
    ];
    const api = app.api(token);
    const made = await api.post('/oauth2/clients', {
      name: newId(),
      type: 'confidential',
      grantTypes: ['client_credentials'],
      scopes: ['uns:read'],
      serviceUserId: users[0]!.id,
    });
    const { clientId, clientSecret } = made.body.data;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const jwt: string = (await app.stranger.post('/oauth2/token', form)).body.access_token;
    const secrets = [session, token, ...poor, clientSecret, jwt];
    expect(new Set(secrets.map((secret: string) => secret.length > 40))).toEqual(new Set([true]));

    const texts = [...secrets, ...PASSWORDS];
    for (const [index, secret] of texts.slice(-4).entries()) {
      const email = index % 2 ? app.admin.email : `${secret.slice(0, 20).replace(/\W/g, '')}@example.com`;
      await app.stranger.post('/auth/login', { email, password: secret });
      await api.post('/uns/topics', {
        topic: `mHv1.0/secrets/${newId()}`,
        description: index < 2 ? secret : '',
      });
    }
    // Every route with every credential, and secrets wherever a body or an address takes some.
    const body = { password: PASSWORDS[0], newPassword: PASSWORDS[1], token: jwt, secret: clientSecret, name: 'x' };
    for (const { method, path, access } of routeTable(app.nest)) {
      if (!path.startsWith('/api/v1/') || access?.kind === 'public' || path.endsWith('/logout')) continue;
      const address = path.replace('/api/v1', '').replace(/:\w+/g, newId());
      const verb = (method === 'ALL' ? 'post' : method.toLowerCase()) as 'get' | 'post' | 'put' | 'patch' | 'delete';
      const calls = [poor[0]!, poor[2]!, jwt, `${token}x`, token].map((credential) => {
        const caller = app.api(credential);
        return verb === 'get' || verb === 'delete' ? caller[verb](address) : caller[verb](address, body);
      });
      await Promise.all(calls);
    }

    const rows = await eventually(async () => {
      const found = await app.database.asSystem((manager) =>
        manager.query<{ row: string; action: string }[]>(
          'SELECT action, to_jsonb(e)::text AS row FROM audit_entries e',
        ),
      );
      const actions = new Set(found.map(({ action }) => action));
      return ['access.refuse', 'session.start', 'topic.create'].every((action) => actions.has(action)) && found;
    });
    const all = rows.map(({ row }) => row).join('\n');
    expect(texts.filter((text) => all.includes(text))).toEqual([]);
    expect(all).not.toMatch(/mh_(pat|secret|session)_\w{20}|eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    expect(all).toContain('[redacted]');
  }, 120_000);
});
