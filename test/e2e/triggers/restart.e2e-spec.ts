import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { ALL_SCOPES, newId } from '#kernel';
import {
  createTestApp,
  describeWithServers,
  eventually,
  eventuallyPasses,
  startServer,
  type RunningServer,
  type TestApp,
} from '#testing';
import { SCHEDULE_QUEUE } from '../../../libs/executions/src/triggers/schedules/schedule-queue';
import { create, pipelineOf } from '../executions/pipelines';
import { executionsOf } from './executions-of';

const BRANCH = `mHv1.0/restart/${newId()}`;
const PATH = `restart-${newId()}`;

const pipeline = pipelineOf(
  [
    { name: 'Hook', type: 'trigger.webhook', parameters: { path: PATH, auth: { 'X-Key': 'right' } } },
    { name: 'Clock', type: 'trigger.schedule', parameters: { scheduleType: 'interval', interval: '200ms' } },
    { name: 'Sub', type: 'trigger.uns.subscribe', parameters: { topics: [`${BRANCH}/#`] } },
  ],
  [],
);

/** What the queue does while its server is away is tried again after up to twenty seconds. */
const RECONNECTED = { timeout: 60_000 };

const kindsOf = async (app: TestApp, id: string): Promise<Set<string>> =>
  new Set((await executionsOf(app, id)).map(({ trigger }) => trigger));

describe('triggers', () => {
  it('are there again when the process is, at once', async () => {
    const keeper = await createTestApp();
    const { url } = keeper.config.database;
    try {
      const token = await keeper.newToken(ALL_SCOPES);
      const id = await create(keeper.api(token), pipeline);
      const app = await createTestApp({ roles: ['api', 'worker', 'uns'], databaseUrl: url });
      try {
        expect((await app.stranger.post(`/scheduler/webhooks/${PATH}`, {}, { 'X-Key': 'right' })).status).toBe(200);
        expect((await app.api(token).post('/uns/data/publish', { topic: `${BRANCH}/a`, value: 1 })).status).toBe(200);
        await eventuallyPasses(async () =>
          expect(await kindsOf(app, id)).toEqual(new Set(['schedule', 'uns', 'webhook'])),
        );
        await eventuallyPasses(async () => {
          const { body } = await app.api(token).get(`/engine/pipelines/${id}/triggers`);
          expect(body.meta.total).toBe(3);
          expect(body.data).toEqual(
            ['Hook', 'Clock', 'Sub'].map((nodeName) =>
              expect.objectContaining({ nodeName, active: true, fired: expect.any(Number), dropped: 0 }),
            ),
          );
          const [hook, , sub] = body.data as [{ fired: number; lastFiredAt: string }, unknown, { fired: number }];
          expect([hook.fired, sub.fired]).toEqual([1, 1]);
          expect(Date.parse(hook.lastFiredAt)).toBeGreaterThan(0);
        });
      } finally {
        await app.stop();
      }
    } finally {
      await keeper.stop();
    }
  });
});

describeWithServers(['redis'], 'schedules on Redis', () => {
  let redis: RunningServer;
  let app: TestApp;

  beforeAll(async () => {
    redis = await startServer('redis');
    app = await createTestApp({ roles: ['api', 'worker'], settings: { REDIS_URL: redis.url } });
  });

  afterAll(async () => {
    await app.stop();
    await redis.stop();
  });

  it('go on when Redis came back with nothing', async () => {
    const id = await create(app.api(await app.newToken(ALL_SCOPES)), pipeline);
    const queue = app.nest.get<Queue>(getQueueToken(SCHEDULE_QUEUE), { strict: false });
    await eventually(async () => (await executionsOf(app, id)).length > 3);
    await redis.stop('SIGKILL');
    redis = await startServer('redis', { port: redis.port });
    const before = (await executionsOf(app, id)).length;
    await eventually(async () => (await queue.getJobSchedulersCount()) === 1, RECONNECTED);
    await eventually(async () => (await executionsOf(app, id)).length > before + 3, RECONNECTED);
  }, 180_000);
});
