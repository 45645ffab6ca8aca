import { createTestApp, type ApiClient, type TestApp } from '#testing';

describe('the client of the API reference', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.api(await app.signIn());
  });
  afterAll(() => app.stop());

  const find = async (api = admin) => (await api.get('/oauth2/clients?search=maestrohub-swagger')).body.data[0];

  it('is there from the start, public, with every scope and one redirect URI', async () => {
    const client = await find();
    expect(client).toMatchObject({
      clientId: 'maestrohub-swagger',
      name: 'MaestroHub API reference',
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [`${app.url}/swagger/oauth2-redirect.html`],
      builtIn: true,
      enabled: true,
      createdBy: null,
      version: 1,
    });
    expect(client.scopes).toEqual(expect.arrayContaining(['openid', 'uns:publish', 'system:write']));
    const redirect = await fetch(client.redirectUris[0] as string);
    expect(redirect.headers.get('content-type')).toContain('text/html');
    expect(redirect.headers.get('cross-origin-opener-policy')).toBeNull();
    const page = await fetch(`${app.url}/swagger/index.html`);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
  });

  it('can be disabled and enabled, and nothing else', async () => {
    const path = `/oauth2/clients/${(await find()).id as string}`;
    expect((await admin.patch(path, { name: 'Mine' })).body.message).toBe('A built-in client cannot be changed');
    expect((await admin.delete(path)).body.error).toBe('conflict');
    expect((await admin.post(`${path}/rotate-secret`)).body.error).toBe('conflict');
    expect((await admin.post(`${path}/disable`)).body.data.enabled).toBe(false);
  });

  it('follows HUB_PUBLIC_URL, and stays disabled', async () => {
    const settings = { DATABASE_URL: app.config.database.url, HUB_PUBLIC_URL: 'https://hub.example.com' };
    const other = await createTestApp({ settings });
    try {
      expect(await find()).toMatchObject({
        redirectUris: ['https://hub.example.com/swagger/oauth2-redirect.html'],
        enabled: false,
      });
    } finally {
      await other.stop();
    }
  });

  it('is named in the reference, which signs in by code', async () => {
    const script = await (await fetch(`${app.url}/swagger/swagger-ui-init.js`)).text();
    expect(script).toContain('"clientId": "maestrohub-swagger"');
    const document = (await (await fetch(`${app.url}/swagger/openapi.json`)).json()) as {
      components: { securitySchemes: { oauth2: { flows: { authorizationCode: object } } } };
    };
    expect(document.components.securitySchemes.oauth2.flows.authorizationCode).toMatchObject({
      authorizationUrl: '/api/v1/oauth2/authorize',
      tokenUrl: '/api/v1/oauth2/token',
      scopes: { 'uns:read': expect.any(String) },
    });
  });

  it('gives its pages the token endpoint, and those of other sites not', async () => {
    const fields = { grant_type: 'client_credentials', client_id: '', client_secret: '' };
    const request = {
      name: 'a',
      type: 'confidential',
      grantTypes: ['client_credentials'],
      scopes: ['uns:read'],
    };
    const created = await admin.post('/oauth2/clients', request);
    expect([created.status, created.text]).toEqual([201, expect.any(String)]);
    const { clientId, clientSecret } = created.body.data;
    const ask = (origin: string) =>
      app.stranger.post(
        '/oauth2/token',
        new URLSearchParams({ ...fields, client_id: clientId as string, client_secret: clientSecret as string }),
        { Origin: origin },
      );
    expect((await ask(app.url)).status).toBe(200);
    expect((await ask('https://evil.example')).body.error).toBe('invalid_request');
  });
});
