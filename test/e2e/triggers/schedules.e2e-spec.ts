import { ALL_SCOPES } from '#kernel';
import { createTestApp, eventually, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { create, pipelineOf, type TestNode } from '../executions/pipelines';
import { executionsOf } from './executions-of';

const schedule = (parameters: object): TestNode => ({ name: 'Schedule', type: 'trigger.schedule', parameters });
const every = (interval: string, outputData: unknown = null): TestNode =>
  schedule({ scheduleType: 'interval', interval, outputData });
const ECHO: TestNode = { name: 'Echo', type: 'code.javascript', parameters: { code: '$trigger' } };

/** When a run was due, by what it was started with. */
const dueTimes = async (app: TestApp, id: string): Promise<number[]> =>
  (await executionsOf(app, id)).map(({ input }) => Date.parse((input as { scheduledAt: string }).scheduledAt));

describe('a schedule', () => {
  let app: TestApp;
  let other: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    other = await createTestApp({ roles: ['worker'], databaseUrl: app.config.database.url });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  it('starts one run for each of its times, by however many workers', async () => {
    const id = await create(api, pipelineOf([every('200ms', { line: 'l1' }), ECHO]));
    // A busy machine may start several between two looks.
    await eventually(async () => (await executionsOf(app, id)).length >= 15);
    const [first] = await executionsOf(app, id);
    expect(first).toMatchObject({
      trigger: 'schedule',
      input: { line: 'l1', timezone: 'UTC', payload: { line: 'l1' }, scheduledAt: expect.any(String) },
    });
    const times = await dueTimes(app, id);
    expect(times.filter((time) => time % 200 !== 0)).toEqual([]);
    expect(new Set(times).size).toBe(times.length);
    await api.delete(`/engine/pipelines/${id}`);
  });

  it('comes by the second of a cron expression', async () => {
    const id = await create(
      api,
      pipelineOf([schedule({ scheduleType: 'cron', cron: '* * * * * *', timezone: 'Asia/Kolkata' }), ECHO]),
    );
    await eventuallyPasses(async () => expect((await executionsOf(app, id)).length).toBeGreaterThan(2));
    const times = (await dueTimes(app, id)).sort((a, b) => a - b);
    expect(times.map((time) => time % 1_000)).toEqual(times.map(() => 0));
    expect(new Set(times).size).toBe(times.length);
    await api.delete(`/engine/pipelines/${id}`);
  });

  it('rests while its pipeline is disabled, and follows its changes', async () => {
    const pipeline = pipelineOf([every('100ms', 1), ECHO]);
    const id = await create(api, pipeline);
    const payloads = async () =>
      (await executionsOf(app, id)).map(({ input }) => (input as { payload: number }).payload);
    await eventuallyPasses(async () => expect(await payloads()).not.toHaveLength(0));
    const changed = await api.put(`/engine/pipelines/${id}`, {
      ...pipeline,
      nodes: pipelineOf([every('150ms', 2), ECHO]).nodes,
    });
    expect(changed.status).toBe(200);
    await eventuallyPasses(async () => expect(await payloads()).toContain(2));
    await api.post(`/engine/pipelines/${id}/disable`);
    await eventuallyPasses(async () => {
      const before = (await payloads()).length;
      const tick = (await dueTimes(app, id)).length;
      expect([before, await queued(app, id)]).toEqual([tick, 0]);
    });
    const rested = (await payloads()).length;
    await api.post(`/engine/pipelines/${id}/enable`);
    await eventuallyPasses(async () => expect((await payloads()).length).toBeGreaterThan(rested));
    await api.delete(`/engine/pipelines/${id}`);
  });

  it('does not come in an organization that is suspended', async () => {
    const organizationId = await app.newOrganization();
    const theirs = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const id = await create(theirs, pipelineOf([every('100ms'), ECHO]));
    await eventuallyPasses(async () => expect(await executionsOf(app, id)).not.toHaveLength(0));
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [organizationId]),
    );
    let last = -1;
    await eventuallyPasses(
      async () => {
        const before = last;
        last = (await executionsOf(app, id)).length;
        expect(last).toBe(before);
      },
      { interval: 500 },
    );
  });
});

/** Jobs in the queue of a pipeline that is to rest. */
const queued = (app: TestApp, id: string): Promise<number> =>
  app.database.asSystem(async (manager) => {
    const [row] = await manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM bullmq.job WHERE queue LIKE '%schedules' AND scheduler_id LIKE $1`,
      [`${id}%`],
    );
    return row!.count;
  });
