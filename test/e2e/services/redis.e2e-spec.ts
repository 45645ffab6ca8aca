import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '#kernel';
import { MAINTENANCE_QUEUE, MaintenanceTasks } from '#platform/queue';
import {
  createTestApp,
  describeWithServers,
  eventually,
  startServer,
  type RunningServer,
  type TestApp,
} from '#testing';

/** REDIS_URL: the queues are there, and everything else goes on when it goes away. */
describeWithServers(['redis'], 'queues on Redis', () => {
  let directory: string;
  let redis: RunningServer;
  let app: TestApp;
  let queue: Queue;
  /** What areas have registered. */
  let tasks: string[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'maestrohub-redis-data-'));
    redis = await startServer('redis', { settings: keeping(directory) });
    app = await createTestApp({ roles: ['api', 'worker'], settings: { REDIS_URL: redis.url } });
    queue = app.nest.get<Queue>(getQueueToken(MAINTENANCE_QUEUE), { strict: false });
    tasks = app.nest
      .get(MaintenanceTasks, { strict: false })
      .all()
      .map(({ name }) => name)
      .sort();
    expect(tasks).toEqual(expect.arrayContaining(['identity.expired', 'uns.partitions']));
  });

  afterAll(async () => {
    await app.stop();
    await redis.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** What was written survives a kill. */
  const keeping = (data: string): string[] => [`dir ${data}`, 'appendonly yes', 'appendfsync always'];

  const scheduled = async (): Promise<string[]> => (await queue.getJobSchedulers()).map(({ key }) => key).sort();

  /** Leaves something for the housekeeping, asks for it and waits until it is done. */
  async function expectHousekeeping(): Promise<void> {
    const hash = Buffer.from(newId());
    await app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO oidc_payloads (model, id_hash, sealed, expires_at) VALUES ('Session', $1, '', now() - interval '1 h')`,
        [hash],
      ),
    );
    await queue.add('identity.expired', {});
    await eventually(async () => {
      const left = await app.database.asSystem((manager) =>
        manager.query<object[]>('SELECT 1 FROM oidc_payloads WHERE id_hash = $1', [hash]),
      );
      return left.length === 0;
    });
  }

  it('hold the schedules, and PostgreSQL none', async () => {
    expect(await scheduled()).toEqual(tasks);
    const client = new Redis(redis.url);
    expect(await client.zrange(`bull:${MAINTENANCE_QUEUE}:repeat`, 0, '-1')).toEqual(expect.arrayContaining(tasks));
    client.disconnect();
    const [count] = await app.database.asSystem((manager) =>
      manager.query<object[]>(
        `SELECT (SELECT count(*)::int FROM bullmq.scheduler) AS schedules, (SELECT count(*)::int FROM bullmq.job) AS jobs`,
      ),
    );
    expect(count).toEqual({ schedules: 0, jobs: 0 });
  });

  it('are worked on', () => expectHousekeeping());

  it('are worked on again when Redis was killed and is back; meanwhile the API answers', async () => {
    const api = app.api(await app.newToken(['uns:read', 'uns:publish']));
    await redis.stop('SIGKILL');
    const topic = `mHv1.0/redis/${newId()}`;
    expect((await api.post('/uns/data/publish', { topic, value: 1 })).status).toBe(200);
    expect((await api.get(`/uns/data/recent?topic=${topic}`)).body.data).toHaveLength(1);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    redis = await startServer('redis', { port: redis.port, settings: keeping(directory) });
    await expectHousekeeping();
    expect(await scheduled()).toEqual(tasks);
  }, 120_000);

  it('have their schedules again when Redis came back with nothing', async () => {
    await redis.stop('SIGKILL');
    redis = await startServer('redis', { port: redis.port });
    await eventually(async () => (await scheduled()).length === tasks.length);
    await expectHousekeeping();
  }, 120_000);

  it('have their schedules again when it went once more while they were made', async () => {
    for (let turn = 0; turn < 3; turn++) {
      await redis.stop('SIGKILL');
      redis = await startServer('redis', { port: redis.port });
      const client = new Redis(redis.url);
      while ((await client.zcard(`bull:${MAINTENANCE_QUEUE}:repeat`)) === 0);
      client.disconnect();
    }
    await redis.stop('SIGKILL');
    redis = await startServer('redis', { port: redis.port });
    await eventually(async () => (await scheduled()).length === tasks.length);
  }, 120_000);

  it('do not keep the process from ending while Redis is away', async () => {
    const own = await startServer('redis');
    const leaving = await createTestApp({ roles: ['api', 'worker'], settings: { REDIS_URL: own.url } });
    // One that is worked on when Redis goes is waited for until the deadline of the process: see `stop-in-time`.
    const pending = leaving.nest.get<Queue>(getQueueToken(MAINTENANCE_QUEUE), { strict: false });
    await eventually(async () => (await pending.getJobCountByTypes('active', 'waiting')) === 0);
    await own.stop('SIGKILL');
    // It would wait for ever, not long: the test's own deadline is enough.
    await leaving.stop();
  }, 120_000);
});
