import { connectAsync } from 'mqtt';
import { newId } from '#kernel';
import { createTestApp, type TestApp } from '#testing';
import { hasDebianPostgres, startDebianPostgres, type DebianPostgres } from './debian-postgres';

const SERVERS = ['the PostgreSQL of this run', ...(hasDebianPostgres ? ['PostgreSQL 15'] : [])];

/** DATABASE_URL: an empty database and an owner who is no superuser are all that is needed. */
describe.each(SERVERS)('on %s', (name) => {
  let server: DebianPostgres | undefined;
  let app: TestApp;

  beforeAll(async () => {
    server = name === 'PostgreSQL 15' ? await startDebianPostgres() : undefined;
    const settings = server && { DATABASE_URL: server.url };
    app = await createTestApp({ roles: ['api', 'worker', 'uns'], settings });
  }, 180_000);

  afterAll(async () => {
    await app.stop();
    await server?.stop();
  });

  it('the platform starts from empty, takes data by REST and MQTT, and reads it', async () => {
    const topic = `mHv1.0/postgres/${newId()}`;
    // Housekeeping runs, too: it removes what is older than a year.
    const timestamp = Date.now() - 60_000;
    const token = await app.newToken(['uns:read', 'uns:publish']);
    const api = app.api(token);
    expect((await api.post('/uns/data/publish', { topic, value: { a: [1, 'ä'] }, timestamp })).status).toBe(200);
    const client = await connectAsync(app.mqttUrl, { username: app.organizationId, password: token });
    await client.publishAsync(topic, '72.5', { qos: 1 });
    await client.endAsync();
    const values = async (path: string): Promise<unknown[]> =>
      (await api.get(`/uns/data/${path}`)).body.data.map(({ value }: { value: unknown }) => value);
    expect(await values(`recent?topic=${topic}`)).toEqual([72.5, { a: [1, 'ä'] }]);
    expect(await values(`range?topic=${topic}&from=1970-01-01T00:00:00Z&limit=10`)).toEqual([{ a: [1, 'ä'] }, 72.5]);
    expect((await api.get('/uns/topics?search=postgres')).body.meta.total).toBeGreaterThan(0);
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  });
});
