import { hashPassword } from '#platform/crypto';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp, type TestUser } from '#testing';
import { AuthorizationFlow, pkce } from './authorization-flow';

const NEW = 'violet tractor hums at noon';

describe('passwords', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  const change = (api: ApiClient, currentPassword: unknown, newPassword: unknown): Promise<Answer> =>
    api.post('/auth/password', { currentPassword, newPassword });

  const login = async ({ email }: TestUser, password: string): Promise<number> =>
    (await app.stranger.post('/auth/login', { email, password })).status;

  it('are changed by their owner: other sessions end, this one and access tokens stay', async () => {
    const user = await app.newUser('viewer');
    const [session, other] = [app.api(await app.signIn(user)), app.api(await app.signIn(user))];
    const token = app.api(await app.newToken(['uns:read'], user));
    expect((await change(session, user.password, NEW)).status).toBe(204);
    await eventually(async () => (await other.get('/auth/me')).status === 401);
    expect((await session.get('/auth/me')).status).toBe(200);
    expect((await token.get('/auth/me')).status).toBe(200);
    expect([await login(user, user.password), await login(user, NEW)]).toEqual([401, 200]);

    const [entry] = await app.database.asSystem((manager) =>
      manager.query<{ text: string }[]>(
        `SELECT audit_entries::text AS text FROM audit_entries WHERE entity_id = $1 AND action = 'user.change-password'`,
        [user.id],
      ),
    );
    expect(entry!.text).toContain('"sessions"');
    expect(entry!.text).not.toMatch(/argon|violet/);
  });

  it('when changed end what was granted to applications, and when reset are asked for on the sign-in page', async () => {
    const user = await app.newUser('editor');
    const flow = new AuthorizationFlow(app);
    const client = await flow.register();
    const granted = app.api((await flow.tokens(client, user)).body.access_token);
    expect((await granted.get('/auth/me')).status).toBe(200);
    expect((await change(app.api(await app.signIn(user)), user.password, NEW)).status).toBe(204);
    await eventually(async () => (await granted.get('/auth/me')).status === 401);

    const admin = app.api(await app.signIn());
    const { password } = (await admin.post(`/admin/users/${user.id}/reset-password`)).body.data;
    const browser = flow.browser();
    const { challenge } = pkce();
    const address = flow.address(client, { code_challenge: challenge, code_challenge_method: 'S256' });
    const page = await browser.submit(await browser.open(address), 'sign-in', { email: user.email, password });
    expect(page.status).toBe(403);
    expect(page.text).toContain('name="new_password"');
    const weak = await browser.submit(page, 'sign-in', { email: user.email, password, new_password: 'short' });
    expect(weak.status).toBe(400);
    expect(weak.text).toContain('New password must have at least 12 characters');
    expect(weak.text).toContain('name="new_password"');
    const newPassword = `${NEW} again`;
    const next = await browser.submit(weak, 'sign-in', { email: user.email, password, new_password: newPassword });
    expect(next.text).toContain('/consent"');
    expect(await login(user, newPassword)).toBe(200);
  });

  it('are changed by any credential that knows the one before', async () => {
    const user = await app.newUser('viewer');
    const token = app.api(await app.newToken(['uns:read'], user));
    expect((await change(token, user.password, NEW)).status).toBe(204);
    expect(await login(user, NEW)).toBe(200);
  });

  it('stay when the current one is not known, which is held up like guesses at signing in', async () => {
    const user = await app.newUser('viewer');
    const session = app.api(await app.signIn(user));
    for (let guess = 0; guess < 10; guess++) {
      const answer = await change(session, `guess ${guess}`, NEW);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ error: 'bad_request', message: 'Current password is wrong' });
    }
    const held = await change(session, user.password, NEW);
    expect(held.status).toBe(429);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await session.get('/auth/me')).status).toBe(200);
  });

  it.each<[unknown, string]>([
    [undefined, 'New password is required'],
    [7, 'New password must be a string'],
    ['elevenchars', 'New password must have at least 12 characters'],
    ['ab cd '.repeat(43), 'New password must have at most 200 characters'],
    ['1qaz2wsx3edc', 'New password is one of the most common passwords'],
    ['MaestroHub-2026', 'New password must be more than your name, your e-mail address or the name of the product'],
    ['staple battery horse', 'New password must differ from the current one'],
  ])('are not changed to %j', async (newPassword, message) => {
    const user = await app.newUser();
    const answer = await change(app.api(await app.signIn(user)), user.password, newPassword);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'bad_request', message });
    expect(await login(user, user.password)).toBe(200);
  });

  it('are one however they are typed, and work as they were kept before', async () => {
    const user = await app.newUser();
    const composed = 'größte Kälte über Öland';
    expect((await change(app.api(await app.signIn(user)), user.password, composed)).status).toBe(204);
    expect(await login(user, composed.normalize('NFD'))).toBe(200);

    const old = 'schräg getippt'.normalize('NFD');
    const hash = await hashPassword(old);
    await app.database.asSystem((manager) =>
      manager.query('UPDATE users SET password_hash = $2 WHERE id = $1', [user.id, hash]),
    );
    expect(await login(user, old)).toBe(200);
  });

  it('are changed once by two at the same time', async () => {
    const user = await app.newUser();
    const session = app.api(await app.signIn(user));
    const answers = await Promise.all([
      change(session, user.password, NEW),
      change(session, user.password, `${NEW} too`),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.every((status) => [204, 400, 409].includes(status))).toBe(true);
  });
});
