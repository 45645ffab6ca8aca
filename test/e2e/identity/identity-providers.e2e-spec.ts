import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventuallyPasses, freePort, type ApiClient, type TestApp } from '#testing';
import { brokenServer, Company } from './company-provider';

const PATH = '/admin/identity-providers';

describe('the administration of identity providers', () => {
  let app: TestApp;
  let admin: ApiClient;
  const company = new Company();

  beforeAll(async () => {
    [app] = await Promise.all([createTestApp(), company.start()]);
    admin = app.api(await app.signIn());
  });
  afterAll(() => Promise.all([app.stop(), company.stop()]));

  const request = (over: object = {}) => ({
    name: 'Acme',
    slug: `acme-${newId()}`,
    issuer: company.issuer,
    clientId: 'hub',
    clientSecret: 'a very secret text',
    ...over,
  });

  const create = async (over: object = {}) => {
    const { status, body } = await admin.post(PATH, request(over));
    expect(status).toBe(201);
    return body.data as { id: string; slug: string; version: number };
  };

  it('sets one up, shows it, changes it and removes it', async () => {
    const sent = request({ domains: ['Acme.Example', 'acme.example'], scopes: ['email'], enabled: true });
    const made = await admin.post(PATH, sent);
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1${PATH}/${id}`);
    expect(made.body.data).toEqual({
      id: expect.any(String),
      name: 'Acme',
      slug: sent.slug,
      issuer: company.issuer,
      clientId: 'hub',
      clientSecret: '********',
      callbackUrl: `${app.url}/api/v1/auth/oidc/callback/${sent.slug}`,
      scopes: ['openid', 'email'],
      domains: ['acme.example'],
      createUsers: false,
      enabled: true,
      roleClaim: null,
      roleMapping: [],
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const mapping = [{ value: 'ops', organizationId: app.organizationId, role: 'editor' }];
    const changed = await admin.patch(
      `${PATH}/${id}`,
      { name: 'Acme Corp', roleClaim: 'groups', roleMapping: mapping, clientSecret: '********' },
      { 'If-Match': made.headers.get('etag')! },
    );
    expect(changed.status).toBe(200);
    expect(changed.body.data).toMatchObject({ name: 'Acme Corp', roleMapping: mapping, version: 2 });
    expect((await admin.get(`${PATH}/${id}`)).body).toEqual(changed.body);
    const list = await admin.get(`${PATH}?search=acme%20corp&sort=-createdAt`);
    expect(list.body.data).toEqual([changed.body.data]);
    expect((await admin.delete(`${PATH}/${id}`, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await admin.delete(`${PATH}/${id}`)).status).toBe(204);
    expect((await admin.get(`${PATH}/${id}`)).body).toMatchObject({ message: 'Identity provider not found' });
  });

  it('is for system administrators with the scope', async () => {
    const user = await app.newUser('admin');
    expect((await app.api(await app.signIn(user)).get(PATH)).body.error).toBe('forbidden');
    const reader = app.api(await app.newToken(['system:read']));
    expect((await reader.get(PATH)).status).toBe(200);
    expect((await reader.post(PATH, request())).body.error).toBe('insufficient_scope');
  });

  it('lets no credential set up a way to more than it has itself', async () => {
    const writer = app.api(await app.newToken(['system:write']));
    const refused = await writer.post(PATH, request({ enabled: true }));
    expect([refused.status, refused.body.error]).toEqual([403, 'insufficient_scope']);
    const { id } = (await writer.post(PATH, request())).body.data;
    expect((await writer.patch(`${PATH}/${id}`, { enabled: true })).status).toBe(403);
    expect((await admin.patch(`${PATH}/${id}`, { enabled: true })).status).toBe(200);
    expect((await writer.patch(`${PATH}/${id}`, { domains: ['example.com'] })).status).toBe(403);
    expect((await writer.patch(`${PATH}/${id}`, { enabled: false })).status).toBe(200);
    expect((await app.api(await app.newToken(ALL_SCOPES)).post(PATH, request({ enabled: true }))).status).toBe(201);
  });

  it('writes down who changed what, and never the secret', async () => {
    const { id } = await create({ clientSecret: 'unmistakable-secret' });
    await admin.patch(`${PATH}/${id}`, { domains: ['acme.example'], clientSecret: 'unmistakable-too' });
    await admin.delete(`${PATH}/${id}`);
    await eventuallyPasses(async () => {
      const rows = await app.database.asSystem((manager) =>
        manager.query('SELECT * FROM audit_entries WHERE entity_id = $1 ORDER BY id', [id]),
      );
      expect(rows.map(({ action, user_email }: Record<string, string>) => [action, user_email])).toEqual([
        ['identity-provider.create', app.admin.email],
        ['identity-provider.update', app.admin.email],
        ['identity-provider.delete', app.admin.email],
      ]);
      expect(rows[1]).toMatchObject({
        changes: { domains: { from: [], to: ['acme.example'] } },
        details: { clientSecretChanged: true },
      });
      expect(JSON.stringify(rows)).not.toMatch(/unmistakable/);
    });
  });

  it('keeps the secret sealed', async () => {
    const { id } = await create({ clientSecret: 'unmistakable-secret' });
    const [row] = await app.database.asSystem((manager) =>
      manager.query('SELECT * FROM identity_providers WHERE id = $1', [id]),
    );
    expect(JSON.stringify(row)).not.toContain('unmistakable');
    expect(row.sealed_client_secret.toString('latin1')).not.toContain('unmistakable');
  });

  it.each<[object, string]>([
    [{ slug: 'Acme' }, 'Slug must be lower-case letters and digits, joined by hyphens'],
    [{ slug: 'callback' }, 'Slug must not be callback'],
    [{ issuer: 'http://login.acme.example' }, 'Issuer must begin with https:// (http:// for loopback addresses alone)'],
    [{ issuer: 'acme' }, 'Issuer is not an absolute address'],
    [{ issuer: 'https://a.example/?tenant=1' }, 'Issuer must have no user, query or fragment'],
    [{ clientSecret: '********' }, 'Client secret is required'],
    [{ clientSecret: undefined }, 'Client secret is required'],
    [{ domains: ['@acme'] }, 'Domains must be domain names'],
    [{ scopes: ['a b'] }, 'Scopes must be names without spaces'],
    [{ roleMapping: [{ value: 'x', organizationId: newId(), role: 'owner' }] }, 'Role must be one of'],
    [{ systemAdminValue: 'root' }, 'System admin value is not a known field'],
  ])('refuses %j', async (over, message) => {
    const { status, body } = await admin.post(PATH, request(over));
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('refuses organizations that do not exist, and slugs that do', async () => {
    const organizationId = newId();
    const unknown = await admin.post(PATH, request({ roleMapping: [{ value: 'x', organizationId, role: 'viewer' }] }));
    expect(unknown.body).toMatchObject({ error: 'bad_request', message: expect.stringContaining(organizationId) });
    const { id, slug } = await create();
    expect((await admin.post(PATH, request({ slug }))).body).toMatchObject({ error: 'conflict' });
    expect((await admin.patch(`${PATH}/${id}`, { slug: 'other' })).status).toBe(400);
    expect((await admin.patch(`${PATH}/${id}`, { name: null })).status).toBe(400);
  });

  describe('asks an enabled provider who it is', () => {
    it('and refuses one that does not answer, unless it is disabled', async () => {
      const issuer = `http://127.0.0.1:${await freePort()}`;
      const refused = await admin.post(PATH, request({ issuer, enabled: true }));
      expect([refused.status, refused.body.message]).toEqual([400, 'Issuer does not answer (ECONNREFUSED)']);
      const { id } = await create({ issuer });
      expect((await admin.patch(`${PATH}/${id}`, { enabled: true })).status).toBe(400);
      expect((await admin.get(`${PATH}/${id}`)).body.data.enabled).toBe(false);
    });

    it('and refuses another issuer, or endpoints that are not safe', async () => {
      for (const [change, message] of [
        [{ issuer: 'https://evil.example' }, 'Issuer calls its issuer https://evil.example'],
        [{ token_endpoint: 'http://login.acme.example/token' }, 'Issuer has no usable token_endpoint'],
        [{ jwks_uri: undefined }, 'Issuer has no usable jwks_uri'],
      ] as const) {
        const undo = company.discovery(({ body }) => void Object.assign(body, change));
        expect((await admin.post(PATH, request({ enabled: true }))).body.message).toBe(message);
        undo();
      }
    });

    it.each<[string, Parameters<typeof brokenServer>[0], string]>([
      [
        'goes on for ever',
        (_, response) => {
          const more = (): void => void response.write('x'.repeat(100_000), (error) => (error ? undefined : more()));
          more();
        },
        'Issuer answers with more than 1 MiB',
      ],
      [
        'sends elsewhere',
        (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
        'Issuer redirects to another place',
      ],
      [
        'sends in circles',
        (_, response) => void response.writeHead(302, { location: '/' }).end(),
        'Issuer redirects too often',
      ],
      ['has nothing', (_, response) => void response.writeHead(404).end(), 'Issuer answers 404'],
      [
        'is no JSON',
        (_, response) => void response.end('<html>'),
        'Issuer answers with something that is no JSON object',
      ],
      ['says nothing', () => undefined, 'Issuer does not answer within 5 seconds'],
    ])('that %s', async (_, handle, message) => {
      const server = await brokenServer(handle);
      const { status, body } = await admin.post(PATH, request({ issuer: server.url, enabled: true }));
      await server.stop();
      expect([status, body.message]).toEqual([400, message]);
    });
  });

  it('takes the secret again with another issuer, or it could be sent anywhere', async () => {
    const { id } = await create();
    const other = { issuer: 'https://login.acme.example' };
    expect((await admin.patch(`${PATH}/${id}`, other)).body).toMatchObject({
      message: 'Client secret is required with another issuer',
    });
    expect((await admin.patch(`${PATH}/${id}`, { ...other, clientSecret: '********' })).status).toBe(400);
    expect((await admin.patch(`${PATH}/${id}`, { ...other, clientSecret: 'new' })).status).toBe(200);
  });
});
