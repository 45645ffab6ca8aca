import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventuallyPasses, type TestApp } from '#testing';
import { create, pipelineOf } from '../executions/pipelines';
import { executionsOf } from './executions-of';

describe('where no more runs may wait', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  /** As many as may wait, of a pipeline that may not run. */
  const fillBacklog = () =>
    app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO open_executions (id, organization_id, pipeline_id, created_at, priority, pipeline_limit, state)
         SELECT gen_random_uuid(), $1, $2, now(), 2, 0, 'queued' FROM generate_series(1, 100000)`,
        [app.organizationId, newId()],
      ),
    );

  it('webhooks say when to come again, and values are stored without a run', async () => {
    const api = app.api(await app.newToken(ALL_SCOPES));
    const [path, topic] = [`full-${newId()}`, `mHv1.0/full/${newId()}`];
    const hook = { name: 'Hook', type: 'trigger.webhook', parameters: { path } };
    const sub = { name: 'Sub', type: 'trigger.uns.subscribe', parameters: { topics: [topic] } };
    const id = await create(api, pipelineOf([hook, sub], []));
    await eventuallyPasses(async () =>
      expect((await app.stranger.post(`/scheduler/webhooks/${path}`, {})).status).toBe(200),
    );
    const before = (await executionsOf(app, id)).length;
    await fillBacklog();
    await eventuallyPasses(async () => {
      const answer = await app.stranger.post(`/scheduler/webhooks/${path}`, {});
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
    });
    const started = (await executionsOf(app, id)).length;
    expect((await api.post('/uns/data/publish', { topic, value: 1 })).status).toBe(200);
    expect((await api.get(`/uns/data/recent?topic=${topic}`)).body.data).toHaveLength(1);
    expect((await executionsOf(app, id)).length).toBe(started);
    expect(started).toBeGreaterThanOrEqual(before);
    await eventuallyPasses(async () => {
      const { body } = await api.get(`/engine/pipelines/${id}/triggers`);
      const [{ dropped: refused }, { dropped, fired }] = body.data;
      expect([refused > 0, dropped, fired]).toEqual([true, 1, 0]);
    });
  });
});
