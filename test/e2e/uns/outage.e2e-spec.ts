import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#kernel';
import { createTestApp, eventually, freePort, type Answer, type ApiClient, type TestApp } from '#testing';
import { clusterIn, homeOf, readState, writeState } from '../../../apps/standalone/src/postgres/cluster';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../apps/standalone/src/postgres/embedded-postgres';
import { RecordWriter } from '../../../libs/uns/src/ingest/record-writer';
import { allValues } from './all-values';
import { openStream, type Stream } from './event-stream';

const LANES = 40;

/** On a PostgreSQL of its own, which forces to disk what it commits: the product's embedded one. */
describe('when the database goes away', () => {
  let directory: string;
  let database: EmbeddedPostgres;
  let app: TestApp;
  let api: ApiClient;
  let token: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'maestrohub-outage-'));
    await startDatabase();
    // It comes back on the port that it had: one that no connection is given while it is away.
    await database.stop();
    writeState(directory, { ...readState(directory)!, port: await freePort() });
    await startDatabase();
    app = await createTestApp({ settings: { DATABASE_URL: database.url, HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(['uns:read', 'uns:publish']);
    api = app.api(token);
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await database.stop();
    removeDirectory();
  });

  async function startDatabase(): Promise<void> {
    database = await startEmbeddedPostgres(directory, AbortSignal.timeout(60_000));
  }

  /** The cluster may lie elsewhere: PostgreSQL's own account does not always reach the directory. */
  const home = (): string => homeOf(directory, readState(directory));

  function removeDirectory(): void {
    for (const path of [home(), directory]) rmSync(path, { recursive: true, force: true });
  }

  async function killDatabase(): Promise<void> {
    const pid = Number(readFileSync(join(clusterIn(home()), 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await database.ended;
  }

  const publish = (topic: string, value: number): Promise<Answer> => api.post('/uns/data/publish', { topic, value });

  it.each([
    ['stopped', () => database.stop()],
    ['killed', killDatabase],
  ])(
    '%s under load, it answers 503 and loses nothing it acknowledged',
    async (_, end) => {
      const topic = `mHv1.0/outage/${newId()}`;
      const acknowledged: number[] = [];
      const refused: Answer[] = [];
      let next = 0;
      let publishing = true;
      const lane = async (): Promise<void> => {
        while (publishing) {
          const value = next++;
          const answer = await publish(topic, value);
          if (answer.status === 200) acknowledged.push(value);
          else refused.push(answer);
        }
      };
      const lanes = Promise.all(Array.from({ length: LANES }, lane));

      await eventually(() => acknowledged.length > 500);
      await end();
      await eventually(() => refused.length > LANES);
      const refusedRead = await api.get(`/uns/data/recent?topic=${topic}`);
      await startDatabase();
      const before = acknowledged.length;
      await eventually(() => acknowledged.length > before + 500);
      publishing = false;
      await lanes;

      for (const { status, headers, body } of [...refused, refusedRead]) {
        expect([status, body]).toEqual([503, { error: 'unavailable', message: 'The database does not answer' }]);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      const values = await allValues(api, topic);
      const kept = new Set(values);
      expect(acknowledged.filter((value) => !kept.has(value))).toEqual([]);
      expect(values).toHaveLength(kept.size);
    },
    180_000,
  );

  const listen = (topic: string, lastEventId?: string): Promise<Stream> =>
    openStream(`${app.url}/api/v1/uns/data/stream?topic=${topic}`, {
      Authorization: `Bearer ${token}`,
      'X-Organization-ID': app.organizationId,
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
    });

  it.each([
    ['stopped', () => database.stop(), []],
    ['killed', killDatabase, ['gap']],
  ])(
    '%s while somebody listens, it goes on, and tells of a gap where values may be missing',
    async (_, end, gaps) => {
      const writer = app.nest.get(RecordWriter, { strict: false });
      const topic = `mHv1.0/outage/${newId()}`;
      const stream = await listen(topic);
      await eventually(() => stream.events.length === 1);
      expect((await publish(topic, 1)).status).toBe(200);
      await eventually(() => stream.values().length === 1);
      await end();
      // The writer loses its lane. By the API one might not get so far: who asks is not known then, either.
      const record = { topic, value: 2, source: null, timestamp: null, quality: 'good' as const };
      await expect(writer.append(app.organizationId, [record])).rejects.toThrow('The database does not answer');
      await startDatabase();
      const late = await listen(topic, stream.events[1]!.id);
      expect((await publish(topic, 3)).status).toBe(200);
      const kinds = ['open', ...gaps, 'record'];
      await eventually(() => late.events.length === kinds.length && stream.values().length === 2);
      expect(late.events.map(({ event }) => event)).toEqual(kinds);
      expect(late.values()).toEqual([3]);
      expect(stream.events.map(({ event }) => event)).toEqual(['open', 'record', ...gaps, 'record']);
      for (const each of [stream, late]) each.close();
    },
    180_000,
  );

  it('is told by readiness, while the process stays alive', async () => {
    const health = async (what: string): Promise<number> => (await fetch(`${app.url}/health/${what}`)).status;
    await eventually(async () => (await health('ready')) === 200);
    await database.stop();
    expect(await health('ready')).toBe(503);
    expect(await health('live')).toBe(200);
    await startDatabase();
    await eventually(async () => (await health('ready')) === 200);
  }, 180_000);
});
