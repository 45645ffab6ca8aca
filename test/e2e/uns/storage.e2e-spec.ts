import { newId } from '#kernel';
import {
  createTestApp,
  createTestDatabase,
  eventually,
  type ApiClient,
  type TestApp,
  type TestDatabase,
} from '#testing';
import { prepareOtherDatabase } from '../../../libs/uns/src/storage/postgres/other-database';
import { StorageStates, type Storage } from '../../../libs/uns/src/storage/storage-state';
import { inLanes } from './in-lanes';

describe('the storage of records', () => {
  let app: TestApp;
  /** Two more processes of the same instance. */
  let others: TestApp[];
  let api: ApiClient;
  let token: string;
  let database: TestDatabase;
  let other: Storage;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_RATE_LIMIT: '0' } });
    const again = { databaseUrl: app.config.database.url, settings: { HUB_RATE_LIMIT: '0' } };
    others = [await createTestApp(again), await createTestApp(again)];
    token = await app.newToken(['uns:read', 'uns:publish']);
    api = app.api(token);
    database = await createTestDatabase();
    other = { kind: 'postgres', url: database.url };
  });

  afterAll(async () => {
    await Promise.all(others.map((process) => process.stop()));
    await app.stop();
    await database.drop();
  });

  const states = () => app.nest.get(StorageStates, { strict: false });

  async function move(to: Storage): Promise<void> {
    if (to.kind !== 'main') await prepareOtherDatabase(to, app.config, newInstallation);
    await app.database.asSystem((manager) =>
      states().change(manager, ({ active }) => ({ active, next: to, progress: undefined, failure: undefined })),
    );
  }
  const newInstallation = newId();

  const moved = (to: Storage) =>
    eventually(
      async () => {
        const { active, next } = await states().read();
        return next === undefined && active.kind === to.kind;
      },
      { timeout: 30_000 },
    );

  async function valuesOf(topic: string, by = api): Promise<number[]> {
    const values: number[] = [];
    let cursor = '';
    do {
      const { body } = await by.get(`/uns/data/range?topic=${topic}&limit=10000${cursor}`);
      values.push(...body.data.map(({ value }: { value: number }) => value));
      cursor = body.meta.nextCursor && `&cursor=${body.meta.nextCursor}`;
    } while (cursor);
    return values;
  }

  it('moves to another database and back while values are published by several processes, without losing one', async () => {
    const topic = `mHv1.0/move/${newId()}`;
    const old = Array.from({ length: 20_000 }, (_, n) => ({
      topic,
      value: -n,
      timestamp: 1_600_000_000_000 + n * 100_000,
    }));
    for (const records of [old.slice(0, 10_000), old.slice(10_000)]) {
      expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    }
    let stop = false;
    let next = 1;
    const acknowledged: number[] = [];
    const clients = [app, ...others].map((process) => process.api(token));
    const load = inLanes(
      12,
      Array.from({ length: 12 }, (_, lane) => lane),
      async (lane) => {
        while (!stop) {
          const values = Array.from({ length: 20 }, () => next++);
          const records = values.map((value) => ({ topic, value }));
          const { status } = await clients[lane % 3]!.post('/uns/data/publish/batch', { records });
          if (status === 200) acknowledged.push(...values);
        }
      },
    );
    await move(other);
    await moved(other);
    const there = acknowledged.length;
    await eventually(() => acknowledged.length > there + 1_000);
    await move({ kind: 'main' });
    await moved({ kind: 'main' });
    const back = acknowledged.length;
    await eventually(() => acknowledged.length > back + 1_000);
    stop = true;
    await load;
    expect(there).toBeGreaterThan(0);
    const stored = new Set(await valuesOf(topic));
    expect(acknowledged.filter((value) => !stored.has(value))).toEqual([]);
    expect(old.filter(({ value }) => !stored.has(value))).toEqual([]);
    expect(await valuesOf(topic, clients[1])).toHaveLength(stored.size);
  });
});
