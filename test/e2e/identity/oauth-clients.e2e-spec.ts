import { newId } from '#kernel';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp } from '#testing';

interface RegisteredClient {
  id: string;
  clientId: string;
  clientSecret: string;
}

describe('OAuth2 clients', () => {
  let app: TestApp;
  let admin: ApiClient;
  let adminId: string;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
    adminId = (await admin.get('/auth/me')).body.data.user.id;
  });
  afterAll(() => app.stop());

  const service = { type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read', 'uns:write'] };

  async function register(over: object = {}): Promise<RegisteredClient> {
    const answer = await admin.post('/oauth2/clients', { name: 'ERP sync', ...service, ...over });
    expect([answer.status, answer.body.message]).toEqual([201, undefined]);
    return answer.body.data as RegisteredClient;
  }

  const pathOf = ({ id }: { id: string }): string => `/oauth2/clients/${id}`;
  const post = (path: string, fields: Record<string, string>): Promise<Answer> =>
    app.stranger.post(path, new URLSearchParams(fields));
  const ask = ({ clientId }: RegisteredClient, secret: string): Promise<Answer> =>
    post('/oauth2/token', { grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
  const tokenOf = async (client: RegisteredClient): Promise<string> =>
    (await ask(client, client.clientSecret)).body.access_token as string;
  const trail = (client: { id: string }) =>
    app.database.asSystem((manager) =>
      manager.query<{ action: string; changes: object }[]>(
        `SELECT action, changes FROM audit_entries WHERE entity_id = $1 ORDER BY at, id`,
        [client.id],
      ),
    );

  describe('that change', () => {
    it('keep what is left out, say who changed them, and heed If-Match', async () => {
      const { clientSecret, ...client } = await register({ description: 'Nightly' });
      expect(clientSecret).toBeDefined();
      expect((await admin.patch(pathOf(client), { name: 'Other' }, { 'If-Match': '"9"' })).status).toBe(412);
      const editor = await app.newUser();
      await app.database.asSystem((manager) =>
        manager.query('UPDATE users SET system_admin = true WHERE id = $1', [editor.id]),
      );
      const other = app.api(await app.signIn(editor));
      const changed = await other.patch(
        pathOf(client),
        { name: 'Other', accessTokenTtlSeconds: 60 },
        { 'If-Match': '"1"' },
      );
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).toBe('"2"');
      expect(changed.body.data).toEqual({
        ...client,
        name: 'Other',
        accessTokenTtlSeconds: 60,
        version: 2,
        updatedAt: expect.any(String),
        createdBy: adminId,
        updatedBy: editor.id,
      });
      expect((await admin.patch(pathOf(client), { name: 'Other' })).body.data.version).toBe(2);
      expect((await trail(client)).map(({ action }) => action)).toEqual(['oauth_client.create', 'oauth_client.update']);
    });

    it('become what their request says, by the rules for new ones', async () => {
      const client = await register();
      const inside = await app.newOrganization();
      const web = await admin.patch(pathOf(client), {
        description: null,
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: ['https://erp.example.com/cb', 'https://erp.example.com/cb'],
        scopes: ['openid', 'uns:read'],
        refreshTokenTtlSeconds: 600,
        organizationIds: [inside],
      });
      expect(web.body.data).toMatchObject({
        grantTypes: ['authorization_code', 'refresh_token'],
        redirectUris: ['https://erp.example.com/cb'],
        scopes: ['openid', 'uns:read'],
        refreshTokenTtlSeconds: 600,
        organizationIds: [inside],
        serviceUserId: null,
      });
      const back = await admin.patch(pathOf(client), { grantTypes: ['client_credentials'], organizationIds: null });
      expect(back.body.data).toMatchObject({ serviceUserId: adminId, organizationIds: null });
    });

    it.each<[object, string]>([
      [{ name: null }, 'Name is required'],
      [{ type: 'public' }, 'Type is not a known field'],
      [{ grantTypes: ['authorization_code'] }, 'Redirect uris are required for authorization_code'],
      [{ scopes: ['uns:fly'] }, 'Scope uns:fly is not known'],
      [{ accessTokenTtlSeconds: 86_401 }, 'Access token ttl seconds must not be greater than 86400'],
      [{ serviceUserId: newId() }, 'Service user id is not that of an active user'],
      [{ organizationIds: [newId()] }, 'Organization ids must be those of organizations'],
    ])('are not made into %j', async (change, message) => {
      const client = await register();
      const answer = await admin.patch(pathOf(client), change);
      expect([answer.status, answer.body.message]).toEqual([400, message]);
    });

    it('lose scopes and reach at once, in tokens that are out too', async () => {
      const client = await register();
      const caller = app.api(await tokenOf(client));
      expect((await caller.get('/uns/topics')).status).toBe(200);
      await admin.patch(pathOf(client), { scopes: ['models:read'] });
      await eventually(async () => (await caller.get('/uns/topics')).status === 403);
    });

    it('keep working for a service user or an organization that has gone meanwhile', async () => {
      const organization = await app.newOrganization();
      const client = await register({ organizationIds: [organization] });
      await app.database.asSystem((manager) =>
        manager.query('DELETE FROM organizations WHERE id = $1', [organization]),
      );
      expect((await admin.patch(pathOf(client), { accessTokenTtlSeconds: 120 })).status).toBe(200);
    });
  });

  describe('with more than the caller has', () => {
    it('are neither changed in reach nor given a new secret, but can be renamed and stopped', async () => {
      const client = await register();
      const narrow = app.api(await app.newToken(['clients:write', 'uns:read']));
      for (const change of [{ scopes: ['uns:write'] }, { redirectUris: ['https://a.example/'] }]) {
        expect((await narrow.patch(pathOf(client), change)).body.error).toBe('insufficient_scope');
      }
      expect((await narrow.post(`${pathOf(client)}/rotate-secret`)).body.error).toBe('insufficient_scope');
      expect((await narrow.patch(pathOf(client), { scopes: ['uns:read:mHv1.0/#'] })).status).toBe(200);
      expect((await narrow.patch(pathOf(client), { name: 'Renamed' })).status).toBe(200);
      expect((await narrow.post(`${pathOf(client)}/disable`)).status).toBe(200);
    });

    it('are not made by a credential that is confined to organizations', async () => {
      const mine = await app.newOrganization();
      const confined = await register({ scopes: ['clients:write', 'uns:read'], organizationIds: [mine] });
      const caller = app.api(await tokenOf(confined));
      const request = { name: 'a', ...service, scopes: ['uns:read'] };
      for (const organizationIds of [undefined, [app.organizationId], [mine, app.organizationId]]) {
        expect((await caller.post('/oauth2/clients', { ...request, organizationIds })).body.error).toBe('forbidden');
      }
      expect((await caller.post('/oauth2/clients', { ...request, organizationIds: [mine] })).status).toBe(201);
      const free = await register({ scopes: ['uns:read'] });
      expect((await caller.post(`${pathOf(free)}/rotate-secret`)).body.error).toBe('forbidden');
    });
  });

  describe('whose secret is rotated', () => {
    const rotate = async (client: RegisteredClient, body?: object): Promise<string> => {
      const answer = await admin.post(`${pathOf(client)}/rotate-secret`, body);
      expect(answer.status).toBe(200);
      return answer.body.data.clientSecret as string;
    };

    it('take the old one too until the overlap ends, at the token endpoint and to revoke', async () => {
      const client = await register();
      const second = await rotate(client);
      expect(second).toMatch(/^mh_secret_[0-9A-Za-z]{43}$/);
      const until = (await admin.get(pathOf(client))).body.data.previousSecretExpiresAt as string;
      expect(Math.abs(new Date(until).getTime() - Date.now() - 86_400_000)).toBeLessThan(60_000);
      for (const secret of [client.clientSecret, second]) {
        expect((await ask(client, secret)).status).toBe(200);
        const proof = { client_id: client.clientId, client_secret: secret };
        expect((await post('/oauth2/revoke', { token: 'none', ...proof })).status).toBe(200);
      }
      await app.database.asSystem((manager) =>
        manager.query('UPDATE oauth_clients SET previous_secret_expires_at = now() WHERE id = $1', [client.id]),
      );
      expect((await ask(client, client.clientSecret)).status).toBe(401);
      const proof = { client_id: client.clientId, client_secret: client.clientSecret };
      expect((await post('/oauth2/revoke', { token: 'none', ...proof })).status).toBe(401);
      expect((await ask(client, second)).status).toBe(200);
      expect((await admin.get(pathOf(client))).body.data.previousSecretExpiresAt).toBeNull();
    });

    it('know the newest and the one before', async () => {
      const client = await register();
      const second = await rotate(client);
      const third = await rotate(client, { overlapSeconds: 600 });
      const statuses = [client.clientSecret, second, third].map(async (secret) => (await ask(client, secret)).status);
      expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
    });

    it('know the new one alone without an overlap', async () => {
      const client = await register();
      const second = await rotate(client, { overlapSeconds: 0 });
      expect((await ask(client, client.clientSecret)).status).toBe(401);
      expect((await ask(client, second)).status).toBe(200);
    });

    it('are confidential', async () => {
      const web = { type: 'public', grantTypes: ['authorization_code'], redirectUris: ['https://a.example/cb'] };
      const answer = await admin.post(`${pathOf(await register(web))}/rotate-secret`);
      expect([answer.status, answer.body.message]).toEqual([409, 'A public client has no secret']);
      const client = await register();
      expect((await admin.post(`${pathOf(client)}/rotate-secret`, { overlapSeconds: 604_801 })).status).toBe(400);
    });
  });

  it('that are deleted take their tokens with them', async () => {
    const client = await register();
    const caller = app.api(await tokenOf(client));
    expect((await caller.get('/uns/topics')).status).toBe(200);
    expect((await admin.delete(pathOf(client))).status).toBe(204);
    await eventually(async () => (await caller.get('/uns/topics')).status === 401);
    expect((await ask(client, client.clientSecret)).body.error).toBe('invalid_client');
    expect((await admin.get(pathOf(client))).status).toBe(404);
    expect((await admin.delete(pathOf(client))).status).toBe(404);
  });

  it('are found by name, client id and description, by status, and sorted', async () => {
    const mark = newId();
    const first = await register({ name: `B ${mark}` });
    const second = await register({ name: 'A', description: `for ${mark.toUpperCase()}` });
    await admin.post(`${pathOf(second)}/disable`);
    const ids = async (query: string): Promise<string[]> =>
      (await admin.get(`/oauth2/clients?${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids(`search=${mark}`)).toEqual([second.id, first.id]);
    expect(await ids(`search=${mark}&sort=-name`)).toEqual([first.id, second.id]);
    expect(await ids(`search=${mark}&sort=updatedAt`)).toEqual([first.id, second.id]);
    expect(await ids(`search=${mark}&enabled=true`)).toEqual([first.id]);
    expect(await ids(`search=${mark}&enabled=false`)).toEqual([second.id]);
    expect(await ids(`search=${first.clientId.toUpperCase()}`)).toEqual([first.id]);
    expect((await admin.get('/oauth2/clients?enabled=perhaps')).status).toBe(400);
  });

  it('leave every change in the trail, and no secret', async () => {
    const client = await register();
    await admin.patch(pathOf(client), { scopes: ['uns:read'] });
    await admin.post(`${pathOf(client)}/disable`);
    await admin.post(`${pathOf(client)}/disable`);
    await admin.post(`${pathOf(client)}/enable`);
    const rotated = await admin.post(`${pathOf(client)}/rotate-secret`, { overlapSeconds: 60 });
    await admin.delete(pathOf(client));
    const entries = await trail(client);
    expect(entries.map(({ action }) => action)).toEqual(
      ['create', 'update', 'disable', 'enable', 'rotate_secret', 'delete'].map((verb) => `oauth_client.${verb}`),
    );
    expect(entries[1]!.changes).toEqual({ scopes: { from: ['uns:read', 'uns:write'], to: ['uns:read'] } });
    for (const secret of [client.clientSecret, rotated.body.data.clientSecret as string]) {
      expect(JSON.stringify(entries)).not.toContain(secret);
    }
  });
});
