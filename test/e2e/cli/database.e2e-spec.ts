import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#kernel';
import { createTestApp, type TestApp } from '#testing';
import { databaseOf, runCli } from './run-cli';

describe('commands that care for the database', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });

  afterAll(() => app.stop());

  const signIn = async (email: string, password: string): Promise<Response> =>
    fetch(`${app.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });

  it('bring it up to date, also when it is', async () => {
    expect(await runCli(['migrate'], databaseOf(app))).toEqual({ code: 0, output: 'the database is up to date\n' });
  });

  it('make a system administrator, with a password that is made up', async () => {
    const { code, output } = await runCli(['create-admin', 'Way-In@Example.com'], databaseOf(app));
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^way-in@example\.com is a new system administrator\npassword: \S+ {3}\(shown/),
    });
    const password = /password: (\S+)/.exec(output)![1]!;
    const answer = await signIn('way-in@example.com', password);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { user: { systemAdmin: true } } });
  });

  it('give one who is locked out the way back in, and end what there was', async () => {
    const user = await app.newUser('viewer');
    const token = await app.newToken(['uns:read'], user);
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE users SET status = 'locked' WHERE id = $1`, [user.id]),
    );
    const env = { ...databaseOf(app), HUB_ADMIN_PASSWORD: 'nobody guesses this' };
    expect(await runCli(['create-admin', user.email], env)).toEqual({
      code: 0,
      output: `${user.email} is a system administrator with another password\n`,
    });
    expect((await signIn(user.email, 'nobody guesses this')).status).toBe(200);
    const asked = await fetch(`${app.url}/api/v1/uns/topics`, {
      headers: { Authorization: `Bearer ${token}`, 'X-Organization-ID': app.organizationId },
    });
    expect(asked.status).toBe(401);
  });

  it.each([
    [['create-admin', 'nobody'], {}, 'maestrohub: Email must be an e-mail address\n'],
    [['create-admin', 'a@b.c'], { HUB_ADMIN_PASSWORD: 'short' }, /HUB_ADMIN_PASSWORD/],
    [['create-admin', 'a@b.c'], { HUB_ADMIN_PASSWORD: 'passwordpassword' }, /one of the most common passwords/],
    [['create-admin'], {}, /missing required argument 'email'/],
    [['migrate'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' }, /^maestrohub: DATABASE_URL: .*ECONNREFUSED/],
    [['nothing'], {}, /unknown command 'nothing'/],
  ])('say what is wrong: %j', async (args, env, message) => {
    const { code, output } = await runCli(args, { ...databaseOf(app), ...env });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(message) });
  });

  it('do not make a database where there is none', async () => {
    const directory = join(tmpdir(), `no-database-${newId()}`);
    expect(await runCli(['purge', '--older-than', '30d'], { HUB_DATA_DIR: directory })).toEqual({
      code: 1,
      output: expect.stringContaining(`there is no database in ${directory}: `),
    });
    expect(existsSync(directory)).toBe(false);
  });
});
