import { newId } from '#kernel';
import { LockSession } from '#platform/database';
import {
  createTestApp,
  createTestDatabase,
  eventually,
  type ApiClient,
  type TestApp,
  type TestDatabase,
} from '#testing';
import { COPY_LOCK } from '../../../libs/uns/src/storage/storage-move';
import { allValues } from './all-values';
import { FollowingPublisher } from './following-publisher';
import { inLanes } from './in-lanes';

const SETTINGS = '/system/uns/settings';
const CLIENTS = 5;
const PER_SECOND = 1_000;
/** Each client's numbers begin so far from those of the one before. */
const STRETCH = 1_000_000;
/** Messages before, between and after the moves. */
const SHARE = 10_000;
const PATIENT = { timeout: 60_000 };

const storageAt = (address: string) => {
  const { username, password, host, pathname } = new URL(address);
  return { kind: 'postgres', url: `postgres://${host}${pathname}`, username, password };
};

describe('the storage of records', () => {
  let app: TestApp;
  /** Two more processes of the same instance. */
  let others: TestApp[];
  let api: ApiClient;
  let token: string;
  let database: TestDatabase;
  let other: ReturnType<typeof storageAt>;
  let settings: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker', 'uns'], settings: { HUB_RATE_LIMIT: '0' } });
    const again = { databaseUrl: app.config.database.url, settings: { HUB_RATE_LIMIT: '0' } };
    others = [await createTestApp(again), await createTestApp(again)];
    token = await app.newToken(['uns:read', 'uns:publish']);
    api = app.api(token);
    database = await createTestDatabase();
    settings = app.api(await app.signIn());
    other = storageAt(database.url);
  });

  afterAll(async () => {
    await Promise.all(others.map((process) => process.stop()));
    await app.stop();
    await database.drop();
  });

  async function move(storage: object): Promise<void> {
    const { status, text } = await settings.put(SETTINGS, { storage });
    expect([status, text]).toEqual([200, expect.any(String)]);
  }

  const moved = (kind: string) =>
    eventually(async () => {
      const { inUse, movingTo } = (await settings.get(SETTINGS)).body.data.state.storage;
      return movingTo === undefined && inUse.kind === kind;
    }, PATIENT);

  it('moves to another database and back while values are published by several processes, without losing one', async () => {
    const topic = `mHv1.0/move/${newId()}`;
    // Of three weeks, and young enough for the housekeeping to leave them.
    const begin = Date.now() - 30 * 86_400_000;
    const old = Array.from({ length: 20_000 }, (_, n) => ({ topic, value: -n, timestamp: begin + n * 100_000 }));
    for (const records of [old.slice(0, 10_000), old.slice(10_000)]) {
      expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    }
    let stop = false;
    let next = 1;
    const acknowledged: number[] = [];
    const reads = new Set<number>();
    const clients = [app, ...others].map((process) => process.api(token));
    const load = inLanes(
      12,
      Array.from({ length: 12 }, (_, lane) => lane),
      async (lane) => {
        while (!stop) {
          const values = Array.from({ length: 20 }, () => next++);
          const records = values.map((value) => ({ topic, value }));
          const client = clients[lane % 3]!;
          const { status } = await client.post('/uns/data/publish/batch', { records });
          if (status === 200) acknowledged.push(...values);
          reads.add((await client.get(`/uns/data/recent?topic=${topic}&limit=1`)).status);
        }
      },
    );
    await move(other);
    await moved('postgres');
    const there = acknowledged.length;
    await eventually(() => acknowledged.length > there + 1_000, PATIENT);
    await move({ kind: 'main' });
    await moved('main');
    const back = acknowledged.length;
    await eventually(() => acknowledged.length > back + 1_000, PATIENT);
    stop = true;
    await load;
    expect(there).toBeGreaterThan(0);
    const stored = new Set(await allValues(api, topic));
    expect(acknowledged.filter((value) => !stored.has(value))).toEqual([]);
    expect(old.filter(({ value }) => !stored.has(value))).toEqual([]);
    expect(await allValues(clients[1]!, topic)).toHaveLength(stored.size);
    // One that meets the end of the storage that was in use is told to come back.
    expect([200, 503]).toEqual(expect.arrayContaining([...reads]));
  }, 180_000);

  it('moves there and back under 5,000 messages a second by MQTT, without losing one that was acknowledged', async () => {
    const topic = `mHv1.0/move/${newId()}`;
    const options = { topic, addresses: [app.mqttUrl], perSecond: PER_SECOND };
    const signIn = { username: app.organizationId, password: token };
    const publishers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) =>
        new FollowingPublisher({ ...options, signIn, first: n * STRETCH }).start(),
      ),
    );
    const acknowledged = () => publishers.flatMap((publisher) => [...publisher.acknowledged]);
    const count = () => publishers.reduce((sum, publisher) => sum + publisher.acknowledged.size, 0);
    const goOn = async (): Promise<void> => {
      const goal = count() + SHARE;
      await eventually(() => count() >= goal, PATIENT);
    };
    await goOn();
    await move(other);
    await moved('postgres');
    await goOn();
    await move({ kind: 'main' });
    await moved('main');
    await goOn();
    for (const publisher of publishers) publisher.pause();
    await eventually(() => publishers.every(({ isSettled }) => isSettled), PATIENT);
    for (const publisher of publishers) publisher.stop();
    const stored = new Set(await allValues(api, topic));
    expect(acknowledged().filter((number) => !stored.has(number))).toEqual([]);
  }, 180_000);

  it('is refused where it cannot be had, and stays what it is', async () => {
    const nowhere = { ...other, url: other.url.replace(/:\d+\//, ':1/') };
    const { status, body } = await settings.put(SETTINGS, { storage: nowhere });
    expect([status, body.error]).toEqual([409, 'conflict']);
    expect(body.message).toContain('stays what it is');
    expect((await settings.get(SETTINGS)).body.data).toMatchObject({ storage: { kind: 'main' } });
  });

  it('is not another installation’s, and not its main database', async () => {
    const stranger = await createTestApp();
    const main = await settings.post(`${SETTINGS}/test`, { storage: storageAt(stranger.config.database.url) });
    expect(main.body.data).toMatchObject({ ok: false, checks: [{ ok: true }, { ok: false }] });
    expect(main.body.data.checks[1].message).toBe('It is the main database of an installation');
    const as = stranger.api(await stranger.signIn());
    const { body } = await as.post(`${SETTINGS}/test`, { storage: other });
    expect(body.data.checks[1].message).toBe('It holds the records of another installation');
    await stranger.stop();
  });

  it('is given up, without losing a value, when the new one fails in the middle', async () => {
    const second = await createTestDatabase();
    const topic = `mHv1.0/move/${newId()}`;
    // Nobody else copies meanwhile: the move is not over before the new one is gone.
    const copying = await LockSession.open(app.config);
    await copying.query(`SELECT pg_advisory_lock(${COPY_LOCK})`);
    await move(storageAt(second.url));
    await second.drop();
    const { status } = await api.post('/uns/data/publish', { topic, value: 1 });
    await copying.close();
    expect(status).toBe(200);
    await moved('main');
    expect((await settings.get(SETTINGS)).body.data.storage).toEqual({ kind: 'main' });
    expect(await allValues(api, topic)).toEqual([1]);
  });

  it('shows no password, and keeps the one that it has', async () => {
    const { body } = await settings.post(`${SETTINGS}/test`, { storage: { ...other, password: '********' } });
    expect(body.message).toContain('password is required');
  });
});
