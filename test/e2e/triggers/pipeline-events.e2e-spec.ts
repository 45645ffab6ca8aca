import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run, type TestNode } from '../executions/pipelines';
import { Cancellation } from '../../../libs/executions/src/runs/cancellation';
import { executionsOf } from './executions-of';

const watch = (pipelineIds: string[], parameters: object = {}): TestNode => ({
  name: 'Watch',
  type: 'trigger.pipeline.event',
  parameters: { pipelineIds, ...parameters },
});
const ECHO: TestNode = { name: 'Echo', type: 'code.javascript', parameters: { code: '$trigger' } };
const BAD: TestNode = {
  name: 'Bad',
  type: 'code.javascript',
  parameters: { code: 'if ($trigger.payload) throw new Error("no"); 1' },
};
const SLOW: TestNode = { name: 'Slow', type: 'flow.wait', parameters: { duration: '30s' } };

describe('a pipeline event', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const inputs = async (id: string) =>
    (await executionsOf(app, id)).map(({ input }) => input as { status: string; chainDepth: number; error: unknown });

  /** Runs the first until the second has heard of it. */
  const untilHeard = (first: string, second: string) =>
    eventuallyPasses(async () => {
      await run(api, first);
      expect(await inputs(second)).not.toHaveLength(0);
    });

  it('starts a run with how the other one ended', async () => {
    const body = pipelineOf([MANUAL, BAD]);
    const watched = await create(api, body);
    const watcher = await create(api, pipelineOf([watch([watched]), ECHO]));
    await untilHeard(watched, watcher);
    const { id, error } = await run(api, watched, true);
    await eventuallyPasses(async () => {
      const last = (await executionsOf(app, watcher)).at(-1)!;
      expect(last).toMatchObject({ trigger: 'event', chainDepth: 1, status: 'completed' });
      expect(last.input).toEqual({
        pipelineId: watched,
        pipelineName: body.name,
        executionId: id,
        status: 'failed',
        error,
        chainDepth: 1,
      });
    });
  });

  it('heeds the statuses that are watched', async () => {
    const watched = await create(api, pipelineOf([MANUAL, BAD]));
    const all = await create(api, pipelineOf([watch([watched]), ECHO]));
    const failed = await create(api, pipelineOf([watch([watched], { statuses: ['failed', 'cancelled'] }), ECHO]));
    await untilHeard(watched, all);
    await eventuallyPasses(async () => {
      await run(api, watched, true);
      expect(await inputs(failed)).not.toHaveLength(0);
    });
    await run(api, watched);
    await run(api, watched, true);
    expect(new Set((await inputs(failed)).map(({ status }) => status))).toEqual(new Set(['failed']));
    expect(new Set((await inputs(all)).map(({ status }) => status))).toEqual(new Set(['completed', 'failed']));
  });

  it('comes to rest where pipelines watch each other', async () => {
    const first = await create(api, pipelineOf([MANUAL, watch([newId()])], []));
    const second = await create(api, pipelineOf([watch([first], { maxChainDepth: 3 }), ECHO]));
    const pipeline = (await api.get(`/engine/pipelines/${first}`)).body.data;
    const nodes = pipeline.nodes.map((node: { id: string }) =>
      node.id === 'watch' ? { ...node, parameters: { pipelineIds: [second], maxChainDepth: 2 } } : node,
    );
    const changed = await api.patch(`/engine/pipelines/${first}`, { nodes });
    expect(changed.status).toBe(200);
    const depths = async (id: string) =>
      [...new Set((await executionsOf(app, id)).map(({ chainDepth }) => chainDepth))].sort();
    await eventuallyPasses(async () => {
      await run(api, first);
      expect([await depths(first), await depths(second)]).toEqual([
        [0, 2],
        [1, 3],
      ]);
    });
  });

  it('is that of a run that was cancelled, before it began or under way', async () => {
    const watched = await create(api, pipelineOf([MANUAL, SLOW], undefined, { overlap: 'queue' }));
    const other = await create(api, pipelineOf([MANUAL]));
    const watcher = await create(api, pipelineOf([watch([watched, other], { statuses: ['any'] }), ECHO]));
    await untilHeard(other, watcher);
    const before = (await inputs(watcher)).length;
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { body } = await api.post(`/engine/pipelines/${watched}/execute`, {});
        return body.data.executionId as string;
      }),
    );
    await app.nest.get(Cancellation, { strict: false }).cancel(app.organizationId, ids);
    await eventuallyPasses(async () => {
      const heard = (await executionsOf(app, watcher)).slice(before).map(({ input }) => input as object);
      expect(heard).toHaveLength(2);
      expect(heard).toEqual(
        expect.arrayContaining(ids.map((executionId) => expect.objectContaining({ executionId, status: 'cancelled' }))),
      );
    });
  });

  it('is that of a run that another one has taken the place of', async () => {
    const watched = await create(api, pipelineOf([MANUAL, SLOW], undefined, { overlap: 'restart' }));
    const other = await create(api, pipelineOf([MANUAL]));
    const watcher = await create(api, pipelineOf([watch([watched, other]), ECHO]));
    await untilHeard(other, watcher);
    const before = (await inputs(watcher)).length;
    for (let i = 0; i < 3; i++) await api.post(`/engine/pipelines/${watched}/execute`, {});
    await eventuallyPasses(async () => {
      const heard = (await inputs(watcher)).slice(before);
      expect(heard.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    });
  });

  it('is heard in its own organization alone', async () => {
    const theirs = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    const watched = await create(api, pipelineOf([MANUAL]));
    const watcher = await create(theirs, pipelineOf([watch([watched]), ECHO]));
    const own = await create(api, pipelineOf([watch([watched]), ECHO]));
    await untilHeard(watched, own);
    expect(await inputs(watcher)).toEqual([]);
  });
});
