import { ALL_SCOPES } from '#kernel';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp, type TestUser } from '#testing';

const PASSWORD = 'violet tractor hums at noon';

describe('administration of users', () => {
  let app: TestApp;
  let admin: ApiClient;
  let adminId: string;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
    adminId = (await admin.get('/auth/me')).body.data.user.id;
  });
  afterAll(() => app.stop());

  let made = 0;
  const create = async (over: object = {}): Promise<TestUser & { version: number }> => {
    const email = `user${++made}@example.com`;
    const body = { email, password: PASSWORD, firstName: 'Petra', lastName: 'Lindqvist', ...over };
    const answer = await admin.post('/admin/users', body);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return { ...answer.body.data, password: PASSWORD };
  };

  const signsIn = async ({ email, password }: TestUser): Promise<number> =>
    (await app.stranger.post('/auth/login', { email, password })).status;

  const refused = (client: ApiClient): Promise<unknown> =>
    eventually(async () => (await client.get('/auth/me')).status === 401);

  const trail = (entityId: string) =>
    app.database.asSystem((manager) =>
      manager.query<{ action: string; changes: unknown; details: unknown; user_id: string; entity_name: string }[]>(
        'SELECT action, changes, details, user_id, entity_name FROM audit_entries WHERE entity_id = $1 ORDER BY id',
        [entityId],
      ),
    );

  it('makes a user who can sign in, and shows no hash', async () => {
    const answer = await admin.post('/admin/users', {
      email: 'Petra.Lindqvist@Example.com',
      password: PASSWORD,
      firstName: 'Petra',
      lastName: 'Lindqvist',
    });
    expect(answer.status).toBe(201);
    const { id } = answer.body.data;
    expect(answer.headers.get('location')).toBe(`/api/v1/admin/users/${id}`);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body.data).toEqual({
      id,
      email: 'petra.lindqvist@example.com',
      firstName: 'Petra',
      lastName: 'Lindqvist',
      status: 'active',
      statusReason: null,
      systemAdmin: false,
      passwordChangeRequired: false,
      organizations: [],
      lastLoginAt: null,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      createdBy: adminId,
      updatedAt: expect.stringMatching(/Z$/),
      updatedBy: adminId,
      deletedAt: null,
    });
    expect(await signsIn({ id, email: 'petra.lindqvist@example.com', password: PASSWORD })).toBe(200);
    const { data } = (await admin.get(`/admin/users/${id}`)).body;
    expect(data).toMatchObject({ version: 1, lastLoginAt: expect.stringMatching(/Z$/) });
    expect(await trail(id)).toEqual([
      expect.objectContaining({ action: 'user.create', user_id: adminId, entity_name: 'petra.lindqvist@example.com' }),
    ]);
  });

  it('names memberships, of one user and of a list alike', async () => {
    const organizationId = await app.newOrganization('Plant North');
    const user = await app.newUser('editor', organizationId);
    const organizations = [{ id: organizationId, name: 'Plant North', role: 'editor' }];
    expect((await admin.get(`/admin/users/${user.id}`)).body.data).toMatchObject({ organizations });
    const { body } = await admin.get(`/admin/users?search=${user.email}`);
    expect(body).toMatchObject({ data: [{ id: user.id, organizations }], meta: { total: 1 } });
  });

  it('lists by search, filters and order', async () => {
    const tag = 'zq9';
    const [a, b, c] = [
      await create({ firstName: 'Ada', lastName: tag }),
      await create({ firstName: 'Bea', lastName: tag, systemAdmin: true }),
      await create({ firstName: 'Cleo', lastName: tag.toUpperCase() }),
    ];
    await admin.patch(`/admin/users/${a.id}/status`, { status: 'locked' });
    await admin.delete(`/admin/users/${c.id}`);
    const names = async (query: string) =>
      (await admin.get(`/admin/users?search=${tag}&${query}`)).body.data.map((u: { firstName: string }) => u.firstName);
    expect(await names('sort=firstName')).toEqual(['Ada', 'Bea']);
    expect(await names('sort=-firstName&limit=1&page=2')).toEqual(['Ada']);
    expect(await names('deleted=true')).toEqual(['Cleo']);
    expect(await names('status=locked')).toEqual(['Ada']);
    expect(await names('systemAdmin=true')).toEqual(['Bea']);
    expect(await names('systemAdmin=false&deleted=false')).toEqual(['Ada']);
    for (const query of ['status=gone', 'deleted=maybe', 'sort=passwordHash', 'unknown=1']) {
      expect((await admin.get(`/admin/users?${query}`)).status).toBe(400);
    }
    await admin.delete(`/admin/users/${b.id}`);
  });

  it.each<[object, string]>([
    [{ email: undefined }, 'Email is required'],
    [{ email: 'nobody' }, 'Email must be an e-mail address'],
    [{ email: `${'x'.repeat(250)}@example.com` }, 'Email must be an e-mail address'],
    [{ password: null }, 'Password is required'],
    [{ password: 'too short' }, 'Password must have at least 12 characters'],
    [{ password: 'Password1234' }, 'Password is one of the most common passwords'],
    [{ password: 'Lindqvist-2026' }, 'Password must be more than your name'],
    [{ firstName: ' ' }, 'First name must not be blank'],
    [{ lastName: undefined }, 'Last name is required'],
    [{ systemAdmin: 'yes' }, 'System admin must be a boolean value'],
    [{ status: 'active' }, 'Status is not a known field'],
  ])('refuses to make one of %j', async (over, message) => {
    const whole = { email: 'refused@example.com', password: PASSWORD, firstName: 'Petra', lastName: 'Lindqvist' };
    const answer = await admin.post('/admin/users', { ...whole, ...over });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'bad_request', message: expect.stringContaining(message) });
  });

  it('holds each address once, whatever its case', async () => {
    const user = await create();
    const other = await create();
    const taken = { error: 'conflict', message: 'E-mail address is taken' };
    const again = { email: user.email.toUpperCase(), password: PASSWORD, firstName: 'A', lastName: 'B' };
    expect((await admin.post('/admin/users', again)).body).toEqual(taken);
    const renamed = await admin.patch(`/admin/users/${other.id}`, { email: user.email.toUpperCase() });
    expect([renamed.status, renamed.body]).toEqual([409, taken]);
    const racers = await Promise.all(
      [1, 2, 3].map(() => admin.post('/admin/users', { ...again, email: 'race@example.com' })),
    );
    expect(racers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('changes a user, once for each version seen, and writes down what changed', async () => {
    const user = await create();
    const path = `/admin/users/${user.id}`;
    const changed = await admin.patch(path, { email: 'Renamed@Example.com', lastName: 'Holm' }, { 'If-Match': '"1"' });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(changed.body.data).toMatchObject({ email: 'renamed@example.com', firstName: 'Petra', lastName: 'Holm' });
    expect((await admin.patch(path, { lastName: 'Berg' }, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await admin.patch(path, { lastName: 'Holm' })).body.data.version).toBe(2);
    for (const body of [{ email: null }, { firstName: '' }, { password: PASSWORD }, { systemAdmin: null }]) {
      expect((await admin.patch(path, body)).status).toBe(400);
    }
    const entry = (await trail(user.id)).at(-1);
    expect(entry).toMatchObject({ action: 'user.update', user_id: adminId });
    expect(entry!.changes).toEqual({
      email: { from: user.email, to: 'renamed@example.com' },
      lastName: { from: 'Lindqvist', to: 'Holm' },
    });
  });

  it.each(['inactive', 'locked'])('soon refuses everything of a user who is %s, until active', async (status) => {
    const user = await app.newUser('editor');
    const clients = [app.api(await app.signIn(user)), app.api(await app.newToken(['uns:read'], user))];
    const path = `/admin/users/${user.id}/status`;
    const answer = await admin.patch(path, { status, reason: 'Left the company' });
    expect(answer.body.data).toMatchObject({ status, statusReason: 'Left the company', version: 2 });
    for (const client of clients) await refused(client);
    expect(await signsIn(user)).toBe(401);

    expect((await admin.patch(path, { status: 'active' })).body.data).toMatchObject({ statusReason: null });
    for (const client of clients) await eventually(async () => (await client.get('/auth/me')).status === 200);
    expect(await signsIn(user)).toBe(200);
    const actions = (await trail(user.id)).map(({ action }) => action);
    expect(actions.slice(-2)).toEqual([status === 'locked' ? 'user.lock' : 'user.deactivate', 'user.activate']);
  });

  it('deletes a user with all access, and restores them without', async () => {
    const user = await app.newUser('viewer');
    const clients = [app.api(await app.signIn(user)), app.api(await app.newToken(['uns:read'], user))];
    const path = `/admin/users/${user.id}`;
    expect((await admin.delete(path)).status).toBe(204);
    for (const client of clients) await refused(client);
    expect(await signsIn(user)).toBe(401);
    const gone = { error: 'not_found', message: 'User not found' };
    const changes: Promise<Answer>[] = [
      admin.get(path),
      admin.delete(path),
      admin.patch(path, { lastName: 'Holm' }),
      admin.patch(`${path}/status`, { status: 'active' }),
      admin.post(`${path}/reset-password`, {}),
      admin.get('/admin/users/none'),
    ];
    for (const { status, body } of await Promise.all(changes)) expect([status, body]).toEqual([404, gone]);
    expect((await admin.get(`${path}?deleted=true`)).body.data.deletedAt).toMatch(/Z$/);

    const restored = await admin.post(`${path}/restore`);
    expect(restored.status).toBe(200);
    expect(restored.body.data).toMatchObject({ deletedAt: null, organizations: [{ role: 'viewer' }] });
    for (const client of clients) expect((await client.get('/auth/me')).status).toBe(401);
    expect(await signsIn(user)).toBe(200);
    expect((await admin.post(`${path}/restore`)).body).toMatchObject({ message: 'User is not deleted' });
    expect((await trail(user.id)).map(({ action }) => action)).toEqual(['user.delete', 'user.restore']);
    expect((await trail(user.id))[0]).toMatchObject({ details: { sessions: 2, tokens: 1, clients: [] } });
  });

  it('gives a deleted user’s address to another, and then does not restore the first', async () => {
    const first = await create();
    await admin.delete(`/admin/users/${first.id}`);
    await create({ email: first.email });
    const answer = await admin.post(`/admin/users/${first.id}/restore`);
    expect([answer.status, answer.body.message]).toEqual([409, 'E-mail address is taken']);
    expect((await admin.get(`/admin/users/${first.id}?deleted=true`)).status).toBe(200);
  });

  it('asks twice before it deletes whom clients act for', async () => {
    const user = await app.newUser('editor');
    const client = (
      await admin.post('/oauth2/clients', {
        name: 'ERP',
        type: 'confidential',
        grantTypes: ['client_credentials'],
        scopes: ['uns:read'],
        serviceUserId: user.id,
      })
    ).body.data;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    });
    const issued = app.api((await app.stranger.post('/oauth2/token', form)).body.access_token);
    expect((await issued.get('/uns/topics')).status).toBe(200);

    const answer = await admin.delete(`/admin/users/${user.id}`);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      error: 'conflict',
      details: { dependents: [{ type: 'client', id: client.id, name: 'ERP' }] },
    });
    expect((await issued.get('/uns/topics')).status).toBe(200);

    expect((await admin.delete(`/admin/users/${user.id}?force=true`)).status).toBe(204);
    await refused(issued);
    expect((await app.stranger.post('/oauth2/token', form)).status).toBe(400);
  });

  it('resets a password to one that is good for choosing another', async () => {
    const user = await app.newUser('viewer');
    const session = app.api(await app.signIn(user));
    const token = app.api(await app.newToken(['uns:read'], user));
    const reset = await admin.post(`/admin/users/${user.id}/reset-password`);
    expect(reset.status).toBe(200);
    const { password } = reset.body.data;
    expect(reset.body.data).toEqual({
      id: user.id,
      password: expect.stringMatching(/^([a-z2-9]{5}-){4}[a-z2-9]{5}$/),
      passwordChangeRequired: true,
    });
    await refused(session);
    expect((await token.get('/auth/me')).status).toBe(200);
    expect(await signsIn(user)).toBe(401);

    const login = (body: object) => app.stranger.post('/auth/login', { email: user.email, password, ...body });
    const must = await login({});
    expect(must.status).toBe(403);
    expect(must.body).toMatchObject({
      error: 'forbidden',
      message: 'Password must be changed: sign in with newPassword',
      details: { passwordChangeRequired: true },
    });
    expect((await login({ newPassword: password })).body.message).toBe('New password must differ from the current one');
    expect((await login({ newPassword: 'short' })).status).toBe(400);
    expect((await login({ password: 'wrong', newPassword: PASSWORD })).status).toBe(401);
    expect((await login({ newPassword: PASSWORD })).status).toBe(200);
    expect(await signsIn({ ...user, password: PASSWORD })).toBe(200);
    expect(await signsIn({ ...user, password })).toBe(401);

    const entries = await trail(user.id);
    expect(entries.map(({ action }) => action)).toEqual(['user.reset-password', 'user.change-password']);
    expect(JSON.stringify(entries)).not.toMatch(/argon|violet|-[a-z2-9]{5}-[a-z2-9]{5}-/);
  });

  it('resets to a given password, and ends access tokens where it is told to', async () => {
    const user = await app.newUser('viewer');
    const token = app.api(await app.newToken(['uns:read'], user));
    const path = `/admin/users/${user.id}/reset-password`;
    expect((await admin.post(path, { password: 'qwertyqwerty' })).status).toBe(400);
    const reset = await admin.post(path, { password: PASSWORD, revokeTokens: true });
    expect(reset.body.data).toEqual({ id: user.id, passwordChangeRequired: true });
    await refused(token);
  });

  it('lets nobody lock, delete or reset themselves', async () => {
    const other = await create({ systemAdmin: true });
    const answers = [
      await admin.delete(`/admin/users/${adminId}`),
      await admin.patch(`/admin/users/${adminId}/status`, { status: 'locked' }),
      await admin.post(`/admin/users/${adminId}/reset-password`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    await admin.delete(`/admin/users/${other.id}`);
  });

  it('keeps one active system administrator', async () => {
    const last = { error: 'conflict', message: 'The last active system administrator must stay one' };
    expect((await admin.patch(`/admin/users/${adminId}`, { systemAdmin: false })).body).toEqual(last);
    const idle = await create({ systemAdmin: true });
    await admin.patch(`/admin/users/${idle.id}/status`, { status: 'inactive' });
    expect((await admin.patch(`/admin/users/${adminId}`, { systemAdmin: false })).body).toEqual(last);
    await admin.delete(`/admin/users/${idle.id}`);
  });

  it('keeps one, also when two of them remove each other at the same moment', async () => {
    for (const remove of [
      (by: ApiClient, id: string) => by.delete(`/admin/users/${id}`),
      (by: ApiClient, id: string) => by.patch(`/admin/users/${id}/status`, { status: 'locked' }),
      (by: ApiClient, id: string) => by.patch(`/admin/users/${id}`, { systemAdmin: false }),
    ]) {
      const two = [await create({ systemAdmin: true }), await create({ systemAdmin: true })] as const;
      const callers = [app.api(await app.signIn(two[0])), app.api(await app.signIn(two[1]))] as const;
      await app.database.asSystem((manager) =>
        manager.query(`UPDATE users SET status = 'inactive' WHERE system_admin AND id <> ALL($1)`, [
          two.map(({ id }) => id),
        ]),
      );
      const answers = await Promise.all([remove(callers[0], two[1].id), remove(callers[1], two[0].id)]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      const [{ count }] = await app.database.asSystem((manager) =>
        manager.query<[{ count: number }]>(
          `SELECT count(*)::int FROM users WHERE system_admin AND status = 'active' AND deleted_at IS NULL`,
        ),
      );
      expect(count).toBe(1);
      await app.database.asSystem((manager) =>
        manager.query(`UPDATE users SET status = 'active' WHERE id = $1`, [adminId]),
      );
      await eventually(async () => (await admin.get('/auth/me')).status === 200);
      for (const { id } of two) await admin.delete(`/admin/users/${id}`);
    }
  });

  it('is for system administrators alone, with the scope', async () => {
    const orgAdmin = app.api(await app.signIn(await app.newUser('admin')));
    const reader = app.api(await app.newToken(['users:read']));
    const body = { email: 'x@example.com', password: PASSWORD, firstName: 'A', lastName: 'B' };
    expect((await orgAdmin.get('/admin/users')).body.error).toBe('forbidden');
    expect((await orgAdmin.post('/admin/users', body)).body.error).toBe('forbidden');
    expect((await reader.get('/admin/users')).status).toBe(200);
    expect((await reader.post('/admin/users', body)).body.error).toBe('insufficient_scope');
  });

  it('lets a credential with less than every scope make no system administrator, nor take one over', async () => {
    const narrow = app.api(await app.newToken(['users:read', 'users:write']));
    const whole = app.api(await app.newToken(ALL_SCOPES));
    const body = { password: PASSWORD, firstName: 'A', lastName: 'B', systemAdmin: true };
    const other = await create({ systemAdmin: true });
    const user = await create();
    const answers = [
      await narrow.post('/admin/users', { ...body, email: 'made@example.com' }),
      await narrow.patch(`/admin/users/${user.id}`, { systemAdmin: true }),
      await narrow.post(`/admin/users/${other.id}/reset-password`),
    ];
    expect(answers.map((answer) => answer.body.error)).toEqual(Array(3).fill('insufficient_scope'));
    expect((await narrow.patch(`/admin/users/${user.id}`, { firstName: 'Ada' })).status).toBe(200);
    expect((await whole.patch(`/admin/users/${user.id}`, { systemAdmin: true })).status).toBe(200);
    await admin.delete(`/admin/users/${user.id}`);
    await admin.delete(`/admin/users/${other.id}`);
  });
});
