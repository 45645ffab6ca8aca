import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { newId } from '#kernel';
import { MAINTENANCE_QUEUE, MaintenanceWorker } from '#platform/queue';
import {
  createTestApp,
  createTestDatabase,
  eventually,
  startTcpProxy,
  type TcpProxy,
  type TestApp,
  type TestDatabase,
} from '#testing';

describe('queues on PostgreSQL', () => {
  let database: TestDatabase;
  let app: TestApp;
  let way: TcpProxy;
  let queue: Queue;

  beforeAll(async () => {
    database = await createTestDatabase();
    const url = new URL(database.url);
    way = await startTcpProxy(Number(url.port));
    url.port = String(way.port);
    app = await createTestApp({ roles: ['api', 'worker'], settings: { DATABASE_URL: url.href } });
    queue = app.nest.get<Queue>(getQueueToken(MAINTENANCE_QUEUE), { strict: false });
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await way.stop();
    await database.drop();
  });

  const readiness = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;

  const leftovers = async (hash: Buffer): Promise<object[]> =>
    app.database.asSystem((manager) => manager.query('SELECT 1 FROM oidc_payloads WHERE id_hash = $1', [hash]));

  it('are worked on soon after their server is back', async () => {
    await way.become('refuse');
    await eventually(async () => (await readiness()) === 503);
    await way.become('pass');
    await eventually(async () => (await readiness()) === 200);
    const hash = Buffer.from(newId());
    await app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO oidc_payloads (model, id_hash, sealed, expires_at) VALUES ('Session', $1, '', now() - interval '1 h')`,
        [hash],
      ),
    );
    await queue.add('identity.expired', {}, { jobId: newId() });
    await eventually(async () => (await leftovers(hash)).length === 0);
    // After BullMQ's own 15 s they would be, too.
    expect(app.nest.get(MaintenanceWorker, { strict: false }).worker.opts.runRetryDelay).toBe(1_000);
  });
});
