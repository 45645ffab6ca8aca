import { createTestApp, eventually, type ApiClient, type TestApp, type TestUser } from '#testing';

const DAY_MS = 86_400_000;

describe('personal access tokens', () => {
  let app: TestApp;
  let user: TestUser;
  let session: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    user = await app.newUser('editor');
    session = app.api(await app.signIn(user));
  });
  afterAll(() => app.stop());

  it('are made, listed, used and revoked', async () => {
    const request = { name: 'Line 1 gateway', scopes: ['uns:read', 'uns:publish:mHv1.0/line-1/#'], expiresInDays: 30 };
    const created = await session.post('/oauth2/tokens', request);
    expect(created.status).toBe(201);
    const { token, ...view } = created.body.data;
    expect(token).toMatch(/^mh_pat_[0-9A-Za-z]{43}$/);
    expect(created.headers.get('location')).toBe(`/api/v1/oauth2/tokens/${view.id}`);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(view).toMatchObject({ name: request.name, scopes: request.scopes, status: 'active', lastUsedAt: null });
    expect(Date.parse(view.expiresAt) - Date.parse(view.createdAt)).toBeCloseTo(30 * DAY_MS, -5);

    const read = await session.get(`/oauth2/tokens/${view.id}`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual({ data: view });

    const byToken = app.api(token);
    expect((await byToken.get('/auth/me')).status).toBe(200);
    expect((await session.get(`/oauth2/tokens/${view.id}`)).body.data.lastUsedAt).not.toBeNull();

    expect((await session.delete(`/oauth2/tokens/${view.id}`)).status).toBe(204);
    expect((await byToken.get('/auth/me')).status).toBe(401);
    const revoked = await session.get(`/oauth2/tokens/${view.id}`);
    expect(revoked.body.data).toMatchObject({ status: 'revoked', version: 2 });
    expect(revoked.headers.get('etag')).toBe('"2"');
    expect((await session.delete(`/oauth2/tokens/${view.id}`)).status).toBe(204);
    expect((await session.get('/oauth2/tokens?search=gateway')).body).toMatchObject({
      data: [{ id: view.id, status: 'revoked' }],
      meta: { page: 1, limit: 25, total: 1 },
    });
  });

  it('are kept as hashes alone', async () => {
    const token = await app.newToken(['uns:read'], user);
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ text: string }[]>('SELECT access_tokens::text AS text FROM access_tokens'),
    );
    expect(JSON.stringify(rows)).not.toContain(token.slice('mh_pat_'.length));
  });

  it('last 90 days where nothing is said, and are then refused as expired', async () => {
    const { data } = (await session.post('/oauth2/tokens', { name: 'Default', scopes: ['uns:read'] })).body;
    expect(Date.parse(data.expiresAt) - Date.parse(data.createdAt)).toBeCloseTo(90 * DAY_MS, -5);
    await app.database.asSystem((manager) =>
      manager.query('UPDATE access_tokens SET expires_at = now() WHERE id = $1', [data.id]),
    );
    expect((await app.api(data.token).get('/auth/me')).status).toBe(401);
    expect((await session.get(`/oauth2/tokens/${data.id}`)).body.data.status).toBe('expired');
  });

  it('are listed by pages, in the order asked for', async () => {
    const lister = app.api(await app.signIn(await app.newUser()));
    for (const name of ['b', 'c', 'a']) await lister.post('/oauth2/tokens', { name, scopes: ['uns:read'] });
    const names = async (query: string) =>
      (await lister.get(`/oauth2/tokens?${query}`)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('')).toEqual(['a', 'c', 'b']);
    expect(await names('sort=name')).toEqual(['a', 'b', 'c']);
    expect(await names('sort=name&limit=2&page=2')).toEqual(['c']);
    expect((await lister.get('/oauth2/tokens?sort=token')).status).toBe(400);
  });

  it('of somebody else do not exist', async () => {
    const { data } = (await session.post('/oauth2/tokens', { name: 'Mine', scopes: ['uns:read'] })).body;
    const other = app.api(await app.signIn(await app.newUser('admin')));
    for (const path of [`/oauth2/tokens/${data.id}`, '/oauth2/tokens/none']) {
      for (const answer of [await other.get(path), await other.delete(path)]) {
        expect(answer.status).toBe(404);
        expect(answer.body).toEqual({ error: 'not_found', message: 'Access token not found' });
      }
    }
    expect((await app.api(data.token).get('/auth/me')).status).toBe(200);
  });

  it.each<[object, string]>([
    [{ scopes: ['uns:read'] }, 'Name is required'],
    [{ name: '', scopes: ['uns:read'] }, 'Name is required'],
    [{ name: '  ', scopes: ['uns:read'] }, 'Name must not be blank'],
    [{ name: 'a\u0007', scopes: ['uns:read'] }, 'Name must not contain control characters'],
    [{ name: 'x'.repeat(256), scopes: ['uns:read'] }, 'Name must be shorter than or equal to 255 characters'],
    [{ name: 'a' }, 'Scopes is required'],
    [{ name: 'a', scopes: [] }, 'Scopes must name at least one scope'],
    [{ name: 'a', scopes: ['uns:fly'] }, 'Scope uns:fly is not known'],
    [{ name: 'a', scopes: ['uns:read'], expiresInDays: 31 }, 'Expires in days must be one of'],
    [{ name: 'a', scopes: ['uns:read'], userId: 'b' }, 'User id is not a known field'],
  ])('are not made of %j', async (request, message) => {
    const answer = await session.post('/oauth2/tokens', request);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'bad_request', message: expect.stringContaining(message) });
  });

  it('never have more than the credential that makes them', async () => {
    const narrow = app.api(await app.newToken(['tokens:write', 'uns:publish:mHv1.0/a/#'], user));
    const make = (scopes: string[]) => narrow.post('/oauth2/tokens', { name: 'a', scopes });
    expect((await make(['uns:publish:mHv1.0/a/b', 'tokens:write'])).status).toBe(201);
    for (const scope of ['uns:publish', 'uns:publish:mHv1.0/#', 'uns:read', 'users:write']) {
      const answer = await make([scope]);
      expect(answer.status).toBe(403);
      expect(answer.body.error).toBe('insufficient_scope');
      expect(answer.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
    }
  });

  it('are checked in the contract’s order', async () => {
    const reader = app.api(await app.newToken(['uns:read'], user));
    expect((await app.stranger.post('/oauth2/tokens', '{')).status).toBe(401);
    expect((await app.stranger.get('/oauth2/tokens/none')).status).toBe(401);
    expect((await reader.post('/oauth2/tokens', '{')).body.error).toBe('insufficient_scope');
    expect((await reader.delete('/oauth2/tokens/none')).body.error).toBe('insufficient_scope');
    expect((await session.post('/oauth2/tokens', '{')).body).toMatchObject({ message: 'Body is not valid JSON' });
    const large = { name: 'a'.repeat(1024 * 1024 + 1), scopes: [] };
    expect((await session.post('/oauth2/tokens', large)).status).toBe(413);
    expect((await reader.post('/oauth2/tokens', large)).status).toBe(403);
  });

  it('give in an organization what the role includes, at once after a change of role', async () => {
    const organizationId = await app.newOrganization();
    const member = await app.newUser('viewer', organizationId);
    const token = app.api(await app.newToken(['uns:write', 'uns:read'], member), organizationId);
    const create = () => token.post('/uns/topics', { topic: `mHv1.0/${Math.random()}` });
    const refused = await create();
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({ error: 'forbidden', message: 'Your role does not allow this action' });
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE memberships SET role = 'editor' WHERE user_id = $1`, [member.id]),
    );
    await eventually(async () => (await create()).status === 201);
  });
});
