import { PasswordCheck } from '../../../libs/identity/src/sign-in/password-check';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp } from '#testing';

describe('signing in', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  const login = (email: unknown, password: unknown): Promise<Answer> =>
    app.stranger.post('/auth/login', { email, password });

  it('gives a session token, the user and their organizations', async () => {
    const answer = await login(app.admin.email.toUpperCase(), app.admin.password);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: {
        accessToken: expect.stringMatching(/^mh_session_[0-9A-Za-z]{43}$/),
        expiresIn: 43_200,
        user: {
          id: expect.any(String),
          email: app.admin.email,
          firstName: 'System',
          lastName: 'Administrator',
          systemAdmin: true,
        },
        organizations: [{ id: app.organizationId, name: 'Default', role: 'admin' }],
      },
    });
  });

  it('tells who one is, where one may work and what the credential allows', async () => {
    const user = await app.newUser('editor');
    const session = app.api(await app.signIn(user));
    const { data } = (await session.get('/auth/me')).body;
    expect(data).toMatchObject({
      user: { id: user.id, email: user.email, systemAdmin: false },
      organizations: [{ id: app.organizationId, name: 'Default', role: 'editor' }],
      credential: { kind: 'session', expiresAt: expect.stringMatching(/Z$/) },
    });
    const token = await app.newToken(['uns:read:mHv1.0/a/#'], user);
    const byToken = (await app.api(token).get('/auth/me')).body.data;
    expect(byToken).toMatchObject({ credential: { kind: 'token' }, scopes: ['uns:read:mHv1.0/a/#'] });
    expect(JSON.stringify([data, byToken])).not.toMatch(/hash|argon/i);
  });

  it('answers an unknown user, a wrong password and somebody locked alike, after the same work', async () => {
    const check = jest.spyOn(app.nest.get(PasswordCheck, { strict: false }), 'matches');
    const locked = await app.newUser('viewer');
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE users SET status = 'locked' WHERE id = $1`, [locked.id]),
    );
    const answers = [
      await login('nobody@example.com', 'wrong password'),
      await login(app.admin.email, 'wrong password'),
      await login(locked.email, locked.password),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ message: 'invalid email or password' });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(check).toHaveBeenCalledTimes(3);
    check.mockRestore();
  });

  it.each<[unknown, string]>([
    [{ password: 'x' }, 'Email is required'],
    [{ email: 'a@example.com' }, 'Password is required'],
    [{ email: 'a@example.com', password: 5 }, 'Password must be a string'],
    [{ email: 'a@example.com', password: 'x', remember: true }, 'Remember is not a known field'],
    ['{"email"', 'Body is not valid JSON'],
  ])('refuses %j', async (body, message) => {
    const answer = await app.stranger.post('/auth/login', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'bad_request', message });
  });

  it('signs out at once', async () => {
    const session = app.api(await app.signIn());
    expect((await session.get('/auth/me')).status).toBe(200);
    expect((await session.post('/auth/logout')).status).toBe(204);
    const answer = await session.get('/auth/me');
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ message: 'missing or invalid token' });
  });

  it('does not sign out what did not sign in', async () => {
    const token = app.api(await app.newToken(['uns:read']));
    expect((await token.post('/auth/logout')).body).toMatchObject({ error: 'conflict' });
    expect((await token.get('/auth/me')).status).toBe(200);
  });

  it.each([`status = 'locked'`, `status = 'inactive'`, 'deleted_at = now()'])(
    'soon refuses every credential once the user has %s',
    async (change) => {
      const user = await app.newUser('editor');
      const clients = [app.api(await app.signIn(user)), app.api(await app.newToken(['tokens:read'], user))];
      for (const client of clients) expect((await client.get('/auth/me')).status).toBe(200);
      await app.database.asSystem((manager) => manager.query(`UPDATE users SET ${change} WHERE id = $1`, [user.id]));
      const refused = async (client: ApiClient) => (await client.get('/auth/me')).status === 401;
      await eventually(async () => (await refused(clients[0]!)) && refused(clients[1]!));
      expect((await login(user.email, user.password)).status).toBe(401);
    },
  );

  it('holds up guessing at one account, with Retry-After, and lets others in', async () => {
    const victim = await app.newUser('viewer');
    const other = await app.newUser('viewer');
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await login(victim.email, `guess ${i}`)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    const held = await login(victim.email, victim.password);
    expect(held.status).toBe(429);
    expect(held.body).toEqual({ error: 'too_many_requests', message: 'Too many requests' });
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await login(other.email, other.password)).status).toBe(200);
  });

  it('survives a flood of sign-ins', async () => {
    const answers: Answer[] = [];
    const flood = await app.database.asSystem(async (manager) => {
      // None of them gets past being counted until those that are too many have been turned away.
      await manager.query('LOCK TABLE sign_in_attempts IN EXCLUSIVE MODE');
      const all = Array.from({ length: 60 }, async (_, i) => answers.push(await login(`flood${i}@example.com`, 'x')));
      await eventually(() => answers.length === 38);
      return all;
    });
    await Promise.all(flood);
    const turnedAway = answers.slice(0, 38);
    for (const { status, headers, body } of turnedAway) {
      expect([status, headers.get('retry-after'), body.error]).toEqual([503, '2', 'unavailable']);
    }
    expect(answers.slice(38).map(({ status }) => status)).toEqual(Array(22).fill(401));
  });
});
