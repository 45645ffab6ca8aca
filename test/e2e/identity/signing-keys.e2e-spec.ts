import { decodeProtectedHeader } from 'jose';
import { IdentityMaintenanceModule } from '#identity';
import { MaintenanceTasks } from '#platform/queue';
import { createTestApp, eventually, readAnswer, type Answer, type ApiClient, type TestApp } from '#testing';
import { SigningKeysService } from '../../../libs/identity/src/oauth/signing-keys.service';

interface Key {
  kid: string;
  status: string;
  signsFrom: string;
  verifiesUntil: string | null;
}

describe('signing keys', () => {
  let app: TestApp;
  let admin: ApiClient;
  let client: { clientId: string; clientSecret: string };

  beforeEach(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
    const request = { name: 'ERP', type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read'] };
    client = (await admin.post('/oauth2/clients', request)).body.data;
  });
  afterEach(() => app.stop());

  const sql = (query: string, parameters: unknown[] = []) =>
    app.database.asSystem((manager) => manager.query<{ action: string }[]>(query, parameters));
  const keys = async (): Promise<Key[]> => (await admin.get('/admin/signing-keys')).body.data as Key[];
  const statuses = async () => Object.fromEntries((await keys()).map(({ kid, status }) => [kid, status]));
  const published = async (): Promise<string[]> => {
    const { body } = await readAnswer(await fetch(`${app.url}/api/v1/oauth2/jwks`));
    return (body.keys as { kid: string }[]).map(({ kid }) => kid);
  };
  const rotate = (body?: object): Promise<Answer> => admin.post('/admin/signing-keys/rotate', body);
  const newToken = async (): Promise<string> => {
    const fields = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
    return (await app.stranger.post('/oauth2/token', new URLSearchParams(fields))).body.access_token as string;
  };
  const signer = async (): Promise<string> => decodeProtectedHeader(await newToken()).kid!;
  const works = async (token: string): Promise<boolean> => (await app.api(token).get('/uns/topics')).status === 200;
  const housekeeping = async (): Promise<void> => {
    const tasks = new MaintenanceTasks();
    const service = app.nest.get(SigningKeysService, { strict: false });
    new IdentityMaintenanceModule(tasks, app.database, service).onModuleInit();
    await tasks.run('identity.signing-keys');
  };
  /** Lets the time of a key be so many hours ago. */
  const age = (kid: string, hours: number) =>
    sql(`UPDATE signing_keys SET signs_from = now() - $2 * interval '1 hour' WHERE kid = $1`, [kid, hours]);

  it('are published before they sign, and verify after', async () => {
    const [first] = await keys();
    expect(first).toEqual({
      kid: await signer(),
      status: 'signing',
      createdAt: expect.any(String),
      signsFrom: expect.any(String),
      verifiesUntil: null,
    });
    const old = await newToken();
    const answer = await rotate();
    expect(answer.status).toBe(200);
    const second = answer.body.data as Key;
    expect(second.status).toBe('verifying');
    expect(Math.abs(new Date(second.signsFrom).getTime() - Date.now() - 300_000)).toBeLessThan(30_000);
    await eventually(async () => (await published()).includes(second.kid));
    expect(await signer()).toBe(first!.kid);
    expect((await rotate()).status).toBe(409);

    await age(second.kid, 0);
    await eventually(async () => (await signer()) === second.kid);
    expect(await statuses()).toEqual({ [second.kid]: 'signing', [first!.kid]: 'retiring' });
    expect((await published()).toSorted()).toEqual([first!.kid, second.kid].toSorted());
    expect([await works(old), await works(await newToken())]).toEqual([true, true]);
    expect(JSON.stringify(await keys())).not.toMatch(/sealed|"d"|"n"/);
  });

  it('sign at once where the old one may be known, which can be distrusted', async () => {
    const [first] = await keys();
    const old = await newToken();
    const soon = (await rotate()).body.data as Key;
    const second = (await rotate({ immediately: true })).body.data as Key;
    expect(second.status).toBe('signing');
    await eventually(async () => (await signer()) === second.kid);
    expect(await published()).not.toContain(soon.kid);
    expect(await works(old)).toBe(true);
    expect((await admin.delete(`/admin/signing-keys/${first!.kid}`)).status).toBe(204);
    await eventually(async () => !(await works(old)));
    await eventually(async () => (await published()).join() === second.kid);
    expect(await works(await newToken())).toBe(true);
    expect((await admin.delete(`/admin/signing-keys/${second.kid}`)).body.message).toBe(
      'The last signing key cannot be removed',
    );
    expect((await admin.delete('/admin/signing-keys/none')).status).toBe(404);
    expect((await admin.delete('/admin/signing-keys/none%00')).status).toBe(404);
    const trail = await sql(`SELECT action FROM audit_entries WHERE entity_type = 'signing_key' ORDER BY at, id`);
    expect(trail.map(({ action }) => action.replace('signing_key.', ''))).toEqual(['rotate', 'rotate', 'delete']);
  });

  it('are taken up by every process', async () => {
    const other = await createTestApp({ settings: { DATABASE_URL: app.config.database.url, HUB_PUBLIC_URL: app.url } });
    try {
      const second = (await rotate({ immediately: true })).body.data as Key;
      const fromOther = async (): Promise<string[]> => {
        const { body } = await readAnswer(await fetch(`http://127.0.0.1:${other.config.http.port}/api/v1/oauth2/jwks`));
        return (body.keys as { kid: string }[]).map(({ kid }) => kid);
      };
      await eventually(async () => (await fromOther())[0] === second.kid);
    } finally {
      await other.stop();
    }
  });

  it('change by themselves every 90 days, and go when nothing rests on them', async () => {
    const [first] = await keys();
    await housekeeping();
    expect(await keys()).toHaveLength(1);
    await age(first!.kid, 91 * 24);
    await housekeeping();
    await housekeeping();
    await eventually(async () => (await keys()).length === 2);
    const second = (await keys())[1]!;
    expect(second.status).toBe('verifying');
    await age(second.kid, 24);
    await housekeeping();
    await eventually(async () => (await statuses())[first!.kid] === 'retiring');
    await age(second.kid, 25);
    await housekeeping();
    await eventually(async () => (await keys()).map(({ kid }) => kid).join() === second.kid);
  });

  it('are the system administrators’ affair, and never too many', async () => {
    const reader = app.api(await app.newToken(['system:read']));
    expect((await reader.get('/admin/signing-keys')).status).toBe(200);
    expect((await reader.post('/admin/signing-keys/rotate')).body.error).toBe('insufficient_scope');
    expect((await app.api(await app.signIn(await app.newUser('admin'))).get('/admin/signing-keys')).status).toBe(403);
    for (let count = 1; count < 10; count++) expect((await rotate({ immediately: true })).status).toBe(200);
    expect((await rotate({ immediately: true })).status).toBe(409);
  });
});
