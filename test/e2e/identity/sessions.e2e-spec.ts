import { createTestApp, eventually, type ApiClient, type TestApp, type TestUser } from '#testing';

describe('sessions', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  const signIn = async ({ email, password }: TestUser, userAgent: string): Promise<ApiClient> => {
    const answer = await app.stranger.post('/auth/login', { email, password }, { 'User-Agent': userAgent });
    return app.api(answer.body.data.accessToken);
  };

  const sessionsOf = async (api: ApiClient, query = '') => (await api.get(`/auth/sessions${query}`)).body;

  const currentOf = async (api: ApiClient): Promise<string> => (await api.get('/auth/me')).body.data.credential.id;

  const change = (id: string, set: string): Promise<unknown> =>
    app.database.asSystem((manager) => manager.query(`UPDATE sessions SET ${set} WHERE id = $1`, [id]));

  it('are listed with where they come from, the newest first', async () => {
    const user = await app.newUser();
    await signIn(user, 'Firefox');
    const session = await signIn(user, 'curl');
    const { data, meta } = await sessionsOf(session);
    expect(meta).toEqual({ page: 1, limit: 25, total: 2 });
    expect(data).toEqual(
      ['curl', 'Firefox'].map((userAgent) => ({
        id: expect.any(String),
        current: userAgent === 'curl',
        address: expect.stringContaining('127.0.0.1'),
        userAgent,
        createdAt: expect.stringMatching(/Z$/),
        lastSeenAt: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
      })),
    );
    expect(Date.parse(data[0].expiresAt) - Date.parse(data[0].createdAt)).toBeCloseTo(12 * 3_600_000, -6);
    expect((await sessionsOf(session, '?search=firef&sort=address')).data).toHaveLength(1);
    const token = app.api(await app.newToken(['uns:read'], user));
    expect((await sessionsOf(token)).data.map((entry: { current: boolean }) => entry.current)).not.toContain(true);
  });

  it('are ended by their user, once, and by nobody else', async () => {
    const user = await app.newUser();
    const [one, other] = [await signIn(user, 'one'), await signIn(user, 'other')];
    const id = await currentOf(other);
    const stranger = app.api(await app.signIn(await app.newUser('admin')));
    const gone = { error: 'not_found', message: 'Session not found' };
    expect((await stranger.delete(`/auth/sessions/${id}`)).body).toEqual(gone);
    expect((await other.get('/auth/me')).status).toBe(200);

    expect((await one.delete(`/auth/sessions/${id}`)).status).toBe(204);
    expect((await other.get('/auth/me')).status).toBe(401);
    for (const path of [id, 'none', '%00']) expect((await one.delete(`/auth/sessions/${path}`)).status).toBe(404);
    expect((await sessionsOf(one)).data).toHaveLength(1);
    const entries = await app.database.asSystem((manager) =>
      manager.query<{ action: string }[]>(
        'SELECT action, user_id FROM audit_entries WHERE entity_id = $1 ORDER BY id',
        [id],
      ),
    );
    expect(entries).toEqual(['session.start', 'session.end'].map((action) => ({ action, user_id: user.id })));
  });

  it('end after two hours without use, which is noted once a minute', async () => {
    const session = await signIn(await app.newUser(), 'curl');
    const id = await currentOf(session);
    const lastSeen = async (): Promise<number> => Date.parse((await sessionsOf(session)).data[0].lastSeenAt);
    await change(id, `last_seen_at = now() - interval '119 minutes'`);
    await eventually(async () => Date.now() - (await lastSeen()) < 60_000);

    await change(id, `last_seen_at = now() - interval '30 seconds'`);
    expect(Date.now() - (await lastSeen())).toBeGreaterThan(29_000);

    await change(id, `last_seen_at = now() - interval '121 minutes'`);
    await eventually(async () => (await session.get('/auth/me')).status === 401);
  });

  it('end after twelve hours, used or not', async () => {
    const session = await signIn(await app.newUser(), 'curl');
    await change(await currentOf(session), 'expires_at = now()');
    await eventually(async () => (await session.get('/auth/me')).status === 401);
  });

  it('are a hundred at most: one more ends the oldest', async () => {
    const user = await app.newUser();
    const [oldest, second] = [await signIn(user, 'oldest'), await signIn(user, 'second')];
    await app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO sessions (id, user_id, token_hash, address, expires_at)
         SELECT gen_random_uuid(), $1, sha256(n::text::bytea), '192.0.2.1', now() + interval '1 hour'
         FROM generate_series(1, 98) n`,
        [user.id],
      ),
    );
    expect((await oldest.get('/auth/me')).status).toBe(200);
    const newest = await signIn(user, 'newest');
    await eventually(async () => (await oldest.get('/auth/me')).status === 401);
    expect((await second.get('/auth/me')).status).toBe(200);
    expect((await sessionsOf(newest)).meta.total).toBe(100);
  });

  it('do not begin for somebody whose right to it was taken away meanwhile', async () => {
    const user = await app.newUser();
    const admin = app.api(await app.signIn());
    const [login, reset] = await Promise.all([
      app.stranger.post('/auth/login', { email: user.email, password: user.password }),
      admin.post(`/admin/users/${user.id}/reset-password`, {}),
    ]);
    expect(reset.status).toBe(200);
    if (login.status !== 200) return;
    const session = app.api(login.body.data.accessToken);
    await eventually(async () => (await session.get('/auth/me')).status === 401);
  });
});
