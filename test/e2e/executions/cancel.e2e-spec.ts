import { ALL_SCOPES } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, endlessly, MANUAL, pipelineOf, run } from './pipelines';

describe('cancelling an execution', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const wait = (duration: string) => ({ name: 'Wait', type: 'flow.wait', parameters: { duration } });
  const begin = async (id: string): Promise<string> =>
    (await api.post(`/engine/pipelines/${id}/execute`, {})).body.data.executionId as string;
  const cancel = (id: string) => api.post(`/engine/executions/${id}/cancel`);
  const read = async (id: string) => (await api.get(`/engine/executions/${id}`)).body.data;

  it('ends one that waits for its turn with the answer', async () => {
    const id = await create(api, pipelineOf([MANUAL, wait('1h')], undefined, { overlap: 'queue' }));
    const first = await begin(id);
    await eventually(async () => (await read(first)).status === 'running');
    const second = await begin(id);
    const answer = await cancel(second);
    expect([answer.status, answer.body.data.status, (await read(first)).status]).toEqual([200, 'cancelled', 'running']);
    expect((await cancel(second)).body).toMatchObject({ error: 'conflict', message: 'The execution has ended' });
    expect((await cancel(first)).status).toBe(200);
  });

  it('ends one under way within a moment, and what it has called', async () => {
    const called = await create(api, pipelineOf(endlessly(wait('4s'))));
    const call = { name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: called } };
    const parent = await begin(await create(api, pipelineOf([MANUAL, call])));
    const child = await eventually(async () => {
      const [found] = (await api.get(`/engine/executions?pipelineId=${called}`)).body.data;
      return found?.status === 'running' && found;
    });
    expect(child.parentId).toBe(parent);
    expect((await cancel(parent)).status).toBe(200);
    await eventually(
      async () => (await read(parent)).status === 'cancelled' && (await read(child.id)).status === 'cancelled',
    );
  });

  it('is refused for what has ended or is not there, and is written down', async () => {
    const done = await run(api, await create(api, pipelineOf([MANUAL])));
    expect((await cancel(done.id)).status).toBe(409);
    expect((await cancel('0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d')).status).toBe(404);
    const id = await begin(await create(api, pipelineOf([MANUAL, wait('1h')])));
    await cancel(id);
    const { body } = await api.get(`/audit?action=execution.cancel&entityId=${id}`);
    expect(body.data).toMatchObject([{ entity: { type: 'execution', id } }]);
  });

  it('is for those who may execute', async () => {
    const viewer = app.api(await app.newToken(ALL_SCOPES, await app.newUser('viewer')));
    const id = await begin(await create(api, pipelineOf([MANUAL, wait('1h')])));
    expect((await viewer.post(`/engine/executions/${id}/cancel`)).status).toBe(403);
    expect((await viewer.get(`/engine/executions/${id}`)).status).toBe(200);
  });
});
