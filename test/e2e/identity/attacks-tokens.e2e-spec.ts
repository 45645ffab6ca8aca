import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '#kernel';
import { createTestApp, type TestApp } from '#testing';
import { MqttClients } from '../mqtt/mqtt-clients';
import { clientCredentialsToken, newTenant, type Tenant } from '../mqtt/tenants';
import { encoded, Forge } from './forge';

const NOT_AUTHORIZED = 0x87;

let app: TestApp;
let tenant: Tenant;
let mqtt: MqttClients;
let forge: Forge;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'], settings: { HUB_SIGNIN_LIMIT: '0' } });
  tenant = await newTenant(app);
  mqtt = new MqttClients(app.mqttUrl);
  forge = await Forge.with(app, await clientCredentialsToken(app, ['uns:read', 'uns:publish']));
});

afterEach(() => mqtt.end());
afterAll(() => app.stop());

/** What a token opens: the status of REST and the CONNACK of MQTT. */
async function opens(token: string): Promise<{ rest: number; mqtt: number }> {
  const { status, headers, text } = await app.api(token, tenant.id).get('/auth/me');
  if (status === 401) {
    expect(text).toBe('{"message":"missing or invalid token"}');
    expect(headers.get('www-authenticate')).toBe('Bearer');
  }
  return { rest: status, mqtt: await mqtt.connack({ id: tenant.id, token }) };
}

const NOTHING = { rest: 401, mqtt: NOT_AUTHORIZED };

const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;

describe('an access token that is made by somebody else', () => {
  it('is one if the platform’s own key signed it: what follows fails for what is wrong with it alone', async () => {
    expect(await opens(await forge.signed())).toEqual({ rest: 200, mqtt: 0 });
    expect(await opens(forge.token)).toEqual({ rest: 200, mqtt: 0 });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['without a signature', () => `${encoded({ ...forge.header, alg: 'none' })}.${encoded(forge.claims)}.`],
    [
      'with any signature under alg none',
      () => `${encoded({ ...forge.header, alg: 'none' })}.${forge.token.slice(forge.token.indexOf('.') + 1)}`,
    ],
    ['with alg None', () => `${encoded({ ...forge.header, alg: 'None' })}.${encoded(forge.claims)}.AA`],
    ['signed by HS256 with the public key as PEM', () => forge.symmetric(forge.pem)],
    ['signed by HS256 with the public key as PEM, without its last line end', () => forge.symmetric(forge.pem.trim())],
    ['signed by HS256 with the public key as PEM and a line end', () => forge.symmetric(`${forge.pem.trim()}\n`)],
    ['signed by HS256 with the public key as JWK', () => forge.symmetric(JSON.stringify(forge.publicJwk))],
    ['signed by HS256 with the modulus', () => forge.symmetric(Buffer.from(forge.publicJwk.n!, 'base64url'))],
    ['signed by HS512 with the public key', () => forge.symmetric(forge.pem, 'HS512')],
    ['signed by HS256 with the key’s name', () => forge.symmetric(forge.publicJwk.n!.slice(0, 64))],
    ['signed by another key under our key’s name', () => forge.foreign()],
    ['signed by another key under its own name', () => forge.foreign({ kid: 'mine' })],
    ['signed by another key under no name', () => forge.foreign({ kid: undefined })],
    ['that brings its key along', () => forge.foreign({ jwk: forge.theirJwk })],
    ['that brings its key along under no name', () => forge.foreign({ kid: undefined, jwk: forge.theirJwk })],
    ['whose key’s name is SQL', () => forge.foreign({ kid: `' UNION SELECT '${forge.header['kid'] as string}` })],
    ['whose key’s name is a path', () => forge.foreign({ kid: '../../../../dev/null' })],
    ['whose key’s name is no text', () => forge.foreign({ kid: { $ne: '' } })],
    ['whose key’s name has a NUL', () => forge.foreign({ kid: '\u0000' })],
    ['whose key’s name is very long', () => forge.foreign({ kid: 'x'.repeat(4_000) })],
    ['that names a member of every object as its key', () => forge.foreign({ kid: '__proto__' })],
    [
      'whose payload was changed',
      () => {
        const [header, , signature] = forge.token.split('.');
        return `${header}.${encoded({ ...forge.claims, scope: 'system:write users:write' })}.${signature}`;
      },
    ],
    [
      'whose header was changed',
      () => `${encoded({ ...forge.header, x: 1 })}.${forge.token.split('.').slice(1).join('.')}`,
    ],
    [
      'whose signature is another token’s',
      async () => {
        const other = await forge.signed({}, { jti: newId() });
        return `${forge.token.slice(0, forge.token.lastIndexOf('.'))}.${other.split('.')[2]}`;
      },
    ],
    ['whose signature was cut', () => forge.token.slice(0, -8)],
    ['in five parts', () => `${forge.token}.${forge.token.split('.').slice(1).join('.')}`],
  ])('%s is none', async (_, make) => {
    expect(await opens(await make())).toEqual(NOTHING);
  });

  it('never makes the platform fetch a key', async () => {
    let visits = 0;
    const server: Server = createServer((_request, response) => {
      visits++;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ keys: [{ ...forge.theirJwk, kid: 'mine', alg: 'RS256' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    for (const header of [{ jku: url }, { x5u: url }, { jku: url, kid: 'mine' }, { kid: url }]) {
      expect(await opens(await forge.foreign(header))).toEqual(NOTHING);
    }
    expect(visits).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a token that the platform’s key signed', () => {
  it.each<[string, () => Promise<string>]>([
    ['of another issuer', () => forge.signed({}, { iss: 'https://hub.example.com' })],
    ['of an issuer that is ours but for a slash', () => forge.signed({}, { iss: `${app.url}/` })],
    ['of no issuer', () => forge.signed({}, { iss: undefined })],
    ['for another audience', () => forge.signed({}, { aud: 'https://hub.example.com/api/v1' })],
    ['for its client', () => forge.signed({}, { aud: forge.claims['client_id'] as string })],
    ['for nobody', () => forge.signed({}, { aud: undefined })],
    ['that has expired', () => forge.signed({}, { exp: seconds(-1) })],
    ['that never expires', () => forge.signed({}, { exp: undefined })],
    ['that expires in words', () => forge.signed({}, { exp: 'never' as unknown as number })],
    ['that does not hold yet', () => forge.signed({}, { nbf: seconds(60) })],
    ['that is an ID token', () => forge.signed({ typ: 'JWT' }, { aud: forge.claims['client_id'] as string })],
    ['that is of another type', () => forge.signed({ typ: 'JWT' })],
    ['that is of no type', () => forge.signed({ typ: undefined })],
    ['that is a logout token', () => forge.signed({ typ: 'logout+jwt' })],
    ['by another algorithm', () => forge.signed({ alg: 'PS256' })],
    ['by a stronger algorithm', () => forge.signed({ alg: 'RS512' })],
    ['under no name', () => forge.signed({ kid: undefined })],
    ['that was never recorded', () => forge.signed({}, { jti: newId() })],
    ['without an id', () => forge.signed({}, { jti: undefined })],
    ['without a user', () => forge.signed({}, { sub: undefined })],
    ['without a client', () => forge.signed({}, { client_id: undefined })],
    ['that is longer than any of ours', () => forge.signed({}, { scope: 'x'.repeat(9_000) })],
  ])('but %s opens nothing', async (_, make) => {
    expect(await opens(await make())).toEqual(NOTHING);
  });

  it('gives what was recorded when it was issued, not what it says', async () => {
    const claims = { scope: 'users:write system:write', sub: tenant.editor.id, client_id: 'mine' };
    const { body } = await app.api(await forge.signed({}, claims)).get('/auth/me');
    expect(body.data).toMatchObject({ user: { email: app.admin.email }, scopes: ['uns:read', 'uns:publish'] });
  });
});

describe('one secret in the place of another', () => {
  interface Secrets {
    pat: string;
    session: string;
    clientId: string;
    clientSecret: string;
  }
  let secrets: Secrets;

  beforeAll(async () => {
    const admin = app.api(await app.signIn());
    const request = { name: 'a', type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read'] };
    const { clientId, clientSecret } = (await admin.post('/oauth2/clients', request)).body.data as Secrets;
    secrets = { clientId, clientSecret, pat: tenant.token, session: await app.signIn(tenant.editor) };
  });

  const renamed = (token: string, prefix: string): string => prefix + token.slice(token.lastIndexOf('_') + 1);

  it.each<[string, () => string]>([
    ['a client’s id', () => secrets.clientId],
    ['a client’s secret', () => secrets.clientSecret],
    ['a password', () => tenant.editor.password],
    ['a user’s id', () => tenant.editor.id],
    ['an organization’s id', () => tenant.id],
    ['a personal token that calls itself a session', () => renamed(secrets.pat, 'mh_session_')],
    ['a session that calls itself a personal token', () => renamed(secrets.session, 'mh_pat_')],
    ['a client’s secret that calls itself a personal token', () => renamed(secrets.clientSecret, 'mh_pat_')],
    ['a personal token in capitals', () => secrets.pat.toUpperCase()],
    ['a personal token without its last character', () => secrets.pat.slice(0, -1)],
    ['a personal token and more', () => `${secrets.pat}x`],
    ['two tokens', () => `${secrets.pat},${secrets.session}`],
    ['an access token’s id', () => forge.claims.jti!],
  ])('%s is no token', async (_, token) => {
    expect(await opens(token())).toEqual(NOTHING);
  });

  it.each<[string, () => string]>([
    ['a personal token', () => secrets.pat],
    ['a session', () => secrets.session],
    ['an access token', () => forge.token],
    ['its own id', () => secrets.clientId],
    ['the hash of its secret', () => 'f'.repeat(64)],
  ])('%s is no client’s secret', async (_, secret) => {
    const form = { grant_type: 'client_credentials', client_id: secrets.clientId, client_secret: secret() };
    for (const path of ['/oauth2/token', '/oauth2/revoke']) {
      const answer = await app.stranger.post(path, new URLSearchParams({ ...form, token: 'x' }));
      expect([path, answer.status, answer.body.error]).toEqual([path, 401, 'invalid_client']);
    }
  });

  it.each(['\u0000', 'mh_client_\u0000', 'x'.repeat(60_000), '__proto__'])(
    'a client’s id such as %j is nobody’s',
    async (id) => {
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: secrets.clientSecret, token: 'x' };
      const basic = Buffer.from(`${encodeURIComponent(id)}:x`).toString('base64');
      for (const path of ['/oauth2/token', '/oauth2/revoke']) {
        const byForm = await app.stranger.post(path, new URLSearchParams(form));
        const byHeader = await app.stranger.post(
          path,
          new URLSearchParams({ grant_type: 'client_credentials', token: 'x' }),
          // Node itself refuses headers beyond 16 KiB.
          { Authorization: `Basic ${basic.slice(0, 8_000)}` },
        );
        for (const { status, body } of [byForm, byHeader]) {
          expect([path, status, body.error]).toEqual([path, expect.any(Number), expect.stringMatching(/^invalid_/)]);
          expect([400, 401]).toContain(status);
        }
      }
    },
  );

  it('is no password', async () => {
    for (const password of [secrets.pat, secrets.session, secrets.clientSecret]) {
      expect((await app.stranger.post('/auth/login', { email: tenant.editor.email, password })).status).toBe(401);
    }
  });

  it('is no user name of MQTT', async () => {
    for (const id of [secrets.pat, tenant.editor.email, tenant.editor.id, secrets.clientId]) {
      expect(await mqtt.connack({ id, token: secrets.pat })).toBe(NOT_AUTHORIZED);
    }
    expect(await mqtt.connack({ id: tenant.id, token: secrets.session })).toBe(0);
  });
});
