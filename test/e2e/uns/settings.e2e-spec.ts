import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_SCOPES } from '#kernel';
import {
  createTestApp,
  describeWithServers,
  eventuallyPasses,
  freePort,
  startServer,
  type ApiClient,
  type TestApp,
} from '#testing';
import { selfSigned } from '../connectors/outside-http';

const SETTINGS = '/system/uns/settings';

describe('settings of the namespace', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const put = (body: object) => api.put(SETTINGS, body);

  it('are the environment’s while nobody has stored any', async () => {
    const { status, body, headers } = await api.get(SETTINGS);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      storage: { kind: 'main' },
      broker: { kind: 'embedded' },
      fromEnvironment: ['storage', 'broker'],
      state: { broker: { state: 'connected', previous: [], problems: [] } },
      version: 1,
    });
    expect(headers.get('etag')).toBe('"1"');
  });

  it('are for system administrators alone', async () => {
    const admin = await app.newUser('admin');
    const other = app.api(await app.newToken(ALL_SCOPES, admin));
    for (const answer of [await other.get(SETTINGS), await other.put(SETTINGS, { broker: { kind: 'embedded' } })]) {
      expect(answer.status).toBe(403);
    }
  });

  it.each([
    ['broker.kind', { broker: { kind: 'mine' } }],
    ['broker.kind', { broker: {} }],
    ['storage.kind', { storage: { kind: 'elsewhere' } }],
    ['broker.url', { broker: { kind: 'outside' } }],
    ['broker.url', { broker: { kind: 'outside', url: 'http://plant' } }],
    ['broker.url', { broker: { kind: 'outside', url: 'mqtt://user:secret@plant' } }],
    ['broker.url', { broker: { kind: 'embedded', url: 'mqtt://plant' } }],
    ['broker.password', { broker: { kind: 'outside', url: 'mqtt://plant', password: '********' } }],
    ['broker.ca', { broker: { kind: 'outside', url: 'mqtt://plant', ca: 'x' } }],
    ['broker.ca', { broker: { kind: 'outside', url: 'mqtts://plant', ca: 'no certificate' } }],
    ['broker.certificate', { broker: { kind: 'outside', url: 'mqtts://plant', privateKey: pemKey() } }],
  ])('refuse what is wrong and name %s', async (field, body) => {
    const { status, body: answer } = await put(body);
    expect(status).toBe(400);
    const named = (answer.details ?? []).map((problem: { field: string }) => problem.field) as string[];
    expect([answer.message, ...named].join(' ')).toMatch(new RegExp(field.split('.')[1]!, 'i'));
  });

  it('refuse a broker that does not answer, in plain words, and keep the old one', async () => {
    const port = await freePort();
    const { status, body } = await put({ broker: { kind: 'outside', url: `mqtt://127.0.0.1:${port}` } });
    expect([status, body.error]).toEqual([409, 'conflict']);
    expect(body.message).toContain('stays what it is');
    expect(body.message).toContain('ECONNREFUSED');
    expect((await api.get(SETTINGS)).body.data).toMatchObject({ broker: { kind: 'embedded' }, version: 1 });
    expect((await api.get('/uns/broker')).body.data).toMatchObject({ mode: 'embedded', state: 'connected' });
  });

  it('know what was seen before', async () => {
    const stale = await api.put(SETTINGS, { storage: { kind: 'main' } }, { 'If-Match': '"7"' });
    expect([stale.status, stale.body.error]).toEqual([412, 'precondition_failed']);
  });

  it('are stored, with who did it, in the history and the audit trail', async () => {
    const { status, body } = await put({ storage: { kind: 'main' } });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ fromEnvironment: ['broker'], version: 2 });
    const again = await put({ storage: { kind: 'main' } });
    expect(again.body.data.version).toBe(2);
    const history = await api.get(`${SETTINGS}/history`);
    expect(history.body.data).toEqual([
      {
        at: expect.any(String) as string,
        userId: expect.any(String) as string,
        userEmail: app.admin.email,
        field: 'storage',
        old: { kind: 'main', from: 'environment' },
        new: { kind: 'main' },
      },
    ]);
    const [entry] = await app.database.asSystem((manager) =>
      manager.query<object[]>(`SELECT changes, user_email FROM audit_entries WHERE action = 'uns-settings.change'`),
    );
    expect(entry).toMatchObject({ changes: { storage: { to: { kind: 'main' } } }, user_email: app.admin.email });
  });

  it('are not for the embedded broker where other processes are', async () => {
    const other = await createTestApp({ roles: ['api'], databaseUrl: app.config.database.url });
    const { body } = await api.post(`${SETTINGS}/test`, { broker: { kind: 'embedded' } });
    await other.stop();
    expect(body.data.ok).toBe(false);
    expect(body.data.checks[0].message).toContain('serves one process alone; there are others: api on');
    // One that could not say goodbye is forgotten when it has said nothing for a while.
    await eventuallyPasses(async () => {
      const alone = await api.post(`${SETTINGS}/test`, { broker: { kind: 'embedded' }, storage: { kind: 'main' } });
      expect(alone.body.data).toMatchObject({
        ok: true,
        checks: [{ name: 'storage: main' }, { name: 'broker: processes' }],
      });
    });
  });

  it('tell administrators of organizations how the broker does, with figures of their own', async () => {
    const viewer = await app.newUser('viewer');
    const { status, body } = await app.api(await app.newToken(['uns:read'], viewer)).get('/uns/broker');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      of: 'organization',
      mode: 'embedded',
      state: 'connected',
      clients: 0,
      messagesIn: 0,
    });
    expect(body.data).not.toHaveProperty('processes');
    const whole = await api.get('/uns/broker');
    expect(whole.body.data).toMatchObject({ of: 'instance', processes: [{ roles: ['api', 'uns'], problem: null }] });
  });
});

describeWithServers(['mosquitto'], 'a broker that is to be used', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('is tried step by step', async () => {
    const mosquitto = await startServer('mosquitto');
    const { status, body } = await api.post(`${SETTINGS}/test`, { broker: { kind: 'outside', url: mosquitto.url } });
    expect(status).toBe(200);
    const checks = body.data.checks as { name: string; ok: boolean; message: string; durationMs: number }[];
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual(
      ['connect', 'sign in', 'subscribe', 'publish', 'receive'].map((step) => [`broker: ${step}`, true]),
    );
    expect((await api.get(SETTINGS)).body.data.version).toBe(1);
    await mosquitto.stop();
  });

  it('has to let us in', async () => {
    const mosquitto = await startServer('mosquitto', { settings: ['allow_anonymous false'] });
    const { body } = await api.put(SETTINGS, { broker: { kind: 'outside', url: mosquitto.url } });
    expect(body.message).toContain('It does not let this user in');
    expect(body.details.checks).toMatchObject([
      { name: 'connect', ok: true },
      { name: 'sign in', ok: false },
    ]);
    await mosquitto.stop();
  });

  it('has to be one that is trusted, with TLS', async () => {
    const { key, cert } = selfSigned('broker');
    const directory = mkdtempSync(join(tmpdir(), 'maestrohub-broker-'));
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    writeFileSync(keyFile, key, { mode: 0o644 });
    writeFileSync(certFile, cert);
    chmodSync(directory, 0o755);
    const secured = await startServer('mosquitto', { settings: [`certfile ${certFile}`, `keyfile ${keyFile}`] });
    const broker = { kind: 'outside', url: `mqtts://127.0.0.1:${secured.port}` };
    const trusting = await api.post(`${SETTINGS}/test`, { broker: { ...broker, ca: cert } });
    const doubting = await api.post(`${SETTINGS}/test`, { broker });
    await secured.stop();
    rmSync(directory, { recursive: true });
    expect(trusting.body.data).toMatchObject({ ok: true });
    expect(doubting.body.data).toMatchObject({ ok: false, checks: [{ name: 'broker: connect', ok: false }] });
    expect(doubting.body.data.checks[0].message).toMatch(/self-signed certificate/);
  });

  it('has to speak our protocol', async () => {
    const { port } = app.config.http;
    const { status, body } = await api.put(SETTINGS, { broker: { kind: 'outside', url: `mqtt://127.0.0.1:${port}` } });
    expect([status, body.error]).toEqual([409, 'conflict']);
  });

  it('keeps its password sealed and to itself, and the stored one as long as nothing else changes', async () => {
    const mosquitto = await startServer('mosquitto');
    const broker = { kind: 'outside', url: mosquitto.url, username: 'hub', password: 'a secret of ours' };
    const { status, body, text } = await api.put(SETTINGS, { broker });
    expect(status).toBe(200);
    expect(body.data.broker).toEqual({ ...broker, password: '********' });
    const again = await api.put(SETTINGS, { broker: body.data.broker as object });
    expect(again.body.data.version).toBe(body.data.version);
    const leftOut = await api.put(SETTINGS, { broker: { ...broker, password: undefined } });
    expect(leftOut.body.data.version).toBe(body.data.version);
    const history = await api.get(`${SETTINGS}/history`);
    const rows = await app.database.asSystem((manager) => manager.query<object[]>('SELECT * FROM uns_settings'));
    const trail = await app.database.asSystem((manager) => manager.query<object[]>('SELECT * FROM audit_entries'));
    for (const told of [text, history.text, JSON.stringify(rows), JSON.stringify(trail)]) {
      expect(told).not.toContain('a secret of ours');
    }
    const other = await api.put(SETTINGS, { broker: { ...broker, username: 'other', password: '********' } });
    expect([other.status, other.body.message]).toEqual([400, expect.stringContaining('password is required')]);
    await mosquitto.stop();
  });
});

function pemKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}
