import { createHook } from 'node:async_hooks';
import { IdentityMaintenanceModule } from '#identity';
import { createTestApp, type Answer, type TestApp } from '#testing';

/** Callers say where they come from, as a proxy does. */
const settings = { HUB_TRUST_PROXY: '1', HUB_SIGNIN_LIMIT: '0' };

describe('guessing at passwords', () => {
  let app: TestApp;
  let beside: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ settings, roles: ['api', 'worker'] });
    beside = await createTestApp({ settings, databaseUrl: app.config.database.url });
  });
  afterAll(async () => {
    await beside.stop();
    await app.stop();
  });

  const guess = (email: string, password: string, address: string, at = app): Promise<Answer> =>
    at.stranger.post('/auth/login', { email, password }, { 'X-Forwarded-For': address });

  /** As if so many attempts had been made at each account from everywhere. */
  const setAccounts = (points: number): Promise<unknown> =>
    app.database.asSystem((manager) =>
      manager.query(`UPDATE sign_in_attempts SET points = $1 WHERE key LIKE 'account:%'`, [points]),
    );

  it('is counted for all processes together', async () => {
    const user = await app.newUser();
    for (let i = 0; i < 10; i++) {
      expect((await guess(user.email, 'wrong', '192.0.2.1', i % 2 ? app : beside)).status).toBe(401);
    }
    for (const process of [app, beside]) {
      const held = await guess(user.email, user.password, '192.0.2.1', process);
      expect(held.status).toBe(429);
      expect(held.body).toEqual({ error: 'too_many_requests', message: 'Too many requests' });
      expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(800);
    }
    expect((await guess(user.email, user.password, '192.0.2.2', beside)).status).toBe(200);
  });

  it('counts attempts at the same moment too', async () => {
    const user = await app.newUser();
    const guesses = Array.from({ length: 15 }, (_, i) => guess(user.email, 'wrong', '192.0.2.3', i % 2 ? app : beside));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  it('is forgiven who knows the password after all', async () => {
    const user = await app.newUser();
    for (let i = 0; i < 9; i++) await guess(user.email, 'wrong', '192.0.2.4');
    expect((await guess(user.email, user.password, '192.0.2.4')).status).toBe(200);
    expect((await guess(user.email, 'wrong', '192.0.2.4')).status).toBe(401);
  });

  it('from many addresses holds up all but those the owner is known to come from', async () => {
    const user = await app.newUser();
    expect((await guess(user.email, user.password, '192.0.2.5')).status).toBe(200);
    await guess(user.email, 'wrong', '192.0.2.6');
    await setAccounts(100);
    expect((await guess(user.email, 'wrong', '192.0.2.7')).status).toBe(429);
    expect((await guess(user.email, user.password, '192.0.2.8', beside)).status).toBe(429);
    expect((await guess(user.email, user.password, '192.0.2.5', beside)).status).toBe(200);
    // A known address has its own limit still.
    for (let i = 0; i < 10; i++) expect((await guess(user.email, 'wrong', '192.0.2.5')).status).toBe(401);
    expect((await guess(user.email, user.password, '192.0.2.5')).status).toBe(429);
  });

  it('tells nobody who exists, also when it is held up', async () => {
    const user = await app.newUser();
    const answers = async (email: string) => {
      const first = await guess(email, 'wrong', '192.0.2.9');
      await setAccounts(100);
      const held = await guess(email, 'wrong', '192.0.2.10');
      return [first, held].map(({ status, text }) => [status, text]);
    };
    expect(await answers(user.email)).toEqual(await answers('nobody@example.com'));
  });

  it('computes a hash for nobody as for somebody, which is what takes time', async () => {
    const user = await app.newUser();
    let hashes = 0;
    const init = (_: number, type: string): void => {
      if (type === 'ARGON2REQUEST') hashes++;
    };
    const hook = createHook({ init }).enable();
    const hashesFor = async (email: string): Promise<number> => {
      const before = hashes;
      expect((await guess(email, 'wrong', '192.0.2.12')).status).toBe(401);
      return hashes - before;
    };
    expect([await hashesFor(user.email), await hashesFor('nobody.at.all@example.com')]).toEqual([1, 1]);
    hook.disable();
  });

  it('leaves no names behind, and nothing for longer than it counts', async () => {
    const user = await app.newUser();
    await guess(user.email, 'wrong', '192.0.2.11');
    const rows = () => app.database.asSystem((manager) => manager.query<object[]>('SELECT * FROM sign_in_attempts'));
    expect((await rows()).length).toBeGreaterThan(0);
    expect(JSON.stringify(await rows())).not.toMatch(/example|192\.0\.2/);
    const housekeeping = app.nest.get(IdentityMaintenanceModule);
    await housekeeping.removeExpired();
    expect((await rows()).length).toBeGreaterThan(0);
    await app.database.asSystem((manager) => manager.query('UPDATE sign_in_attempts SET expire = 0'));
    await housekeeping.removeExpired();
    expect(await rows()).toEqual([]);
  });
});
