import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, type TestNode } from './pipelines';

const code = (name: string, text: string, more: Partial<TestNode> = {}): TestNode => ({
  name,
  type: 'code.javascript',
  parameters: { code: text },
  ...more,
});

describe('a test of a node', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const test = async (id: string, nodeId: string, body: object = {}) => {
    const answer = await api.post(`/engine/pipelines/${id}/nodes/${nodeId}/test`, body);
    if (answer.status !== 200) throw new Error(`the test was answered ${answer.status}: ${answer.text}`);
    return answer.body.data;
  };

  const set = (value: string) => ({ fields: [{ name: 'value', value, type: 'number' }], include: 'none' });
  const row = (): object =>
    pipelineOf([
      MANUAL,
      code('First', '$trigger.payload.value + 1'),
      code('Second', '$node["First"].result * 10'),
      { name: 'Third', type: 'transform.set', parameters: set('{{ $node["Second"].result + $node["First"].result }}') },
    ]);

  it('runs what the node needs, and tells what it was given and gave', async () => {
    const id = await create(api, row());
    expect(await test(id, 'third', { trigger: { payload: { value: 1 } } })).toMatchObject({
      status: 'completed',
      output: { out: { value: 22 } },
      inputUsed: { fields: [{ name: 'value', value: 22 }] },
      error: null,
      durationMs: expect.any(Number),
      upstream: { First: { result: 2 }, Second: { result: 20 } },
    });
  });

  it('takes given outputs as they are, and runs the others', async () => {
    const id = await create(api, row());
    const upstream = { Second: { result: 5 } };
    expect(await test(id, 'third', { trigger: { payload: { value: 1 } }, upstream })).toMatchObject({
      output: { out: { value: 7 } },
      upstream: { First: { result: 2 } },
    });
    const both = await test(id, 'third', { upstream: { ...upstream, First: { result: 1 } } });
    expect(both).toMatchObject({ output: { out: { value: 6 } }, upstream: {} });
  });

  it('tries other parameters than those that are saved', async () => {
    const id = await create(api, row());
    const answer = await test(id, 'second', { parameters: { code: '"other"' }, upstream: { First: { result: 1 } } });
    expect(answer.output).toEqual({ out: { result: 'other' } });
    expect((await api.get(`/engine/pipelines/${id}/nodes/second`)).body.data.parameters.code).toContain('First');
  });

  it('tells what failed, the node or one before it', async () => {
    const id = await create(api, pipelineOf([MANUAL, code('Bad', 'throw new Error("no")'), code('After', '1')]));
    expect(await test(id, 'bad')).toMatchObject({ status: 'failed', output: {}, error: { nodeName: 'Bad' } });
    expect(await test(id, 'after')).toMatchObject({ status: 'failed', inputUsed: null, error: { nodeName: 'Bad' } });
  });

  it('tells that the way leads elsewhere', async () => {
    const hot = { name: 'Hot', type: 'flow.condition', parameters: { conditions: ['$trigger.payload > 30'] } };
    const edges = ['Start > Hot', 'Hot.true > Alarm', 'Hot.false > Fine'];
    const id = await create(api, pipelineOf([MANUAL, hot, code('Alarm', '1'), code('Fine', '2')], edges));
    expect(await test(id, 'alarm', { trigger: { payload: 1 } })).toMatchObject({ status: 'skipped', output: {} });
    expect(await test(id, 'hot', { trigger: { payload: 40 } })).toMatchObject({ output: { true: expect.anything() } });
    // What is given goes every way.
    expect(await test(id, 'alarm', { upstream: { Hot: null } })).toMatchObject({ status: 'completed' });
  });

  describe('with a loop', () => {
    const loop = (): object =>
      pipelineOf([
        MANUAL,
        { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: '$trigger.payload' } },
        code('Inner', '$item * 2'),
        code('Deeper', '$node["Inner"].result + $index'),
        { name: 'End', type: 'flow.endforeach' },
        code('After', '$node["End"].succeeded'),
      ]);
    const trigger = { payload: [4, 5, 6] };

    it('runs its first item for a node inside', async () => {
      const id = await create(api, loop());
      expect(await test(id, 'deeper', { trigger })).toMatchObject({
        output: { out: { result: 8 } },
        upstream: { Each: [4], Inner: { result: 8 } },
      });
      const given = { upstream: { Inner: { result: 1 }, Each: [9] } };
      expect(await test(id, 'deeper', given)).toMatchObject({ output: { out: { result: 1 } }, upstream: {} });
    });

    it('runs all of it for its end and for a node behind, unless the end is given', async () => {
      const id = await create(api, loop());
      const results = [{ result: 8 }, { result: 11 }, { result: 14 }];
      expect(await test(id, 'end', { trigger })).toMatchObject({
        output: { out: { results, succeeded: 3, failed: 0 } },
      });
      expect(await test(id, 'after', { trigger })).toMatchObject({ output: { out: { result: 3 } } });
      expect(await test(id, 'after', { upstream: { End: { succeeded: 7 } } })).toMatchObject({
        output: { out: { result: 7 } },
        upstream: {},
      });
      expect(await test(id, 'each', { trigger })).toMatchObject({ output: { out: [4, 5, 6] } });
    });
  });

  it('does what the node does outside, and stores nothing of the run', async () => {
    const buffer = { name: 'Buffer', type: 'transform.buffer', parameters: { maxCount: 3 } };
    const publish = { name: 'Publish', type: 'system.uns.publish', parameters: { topic: 'tested/a', value: 7 } };
    const id = await create(api, pipelineOf([MANUAL, publish, buffer]));
    expect(await test(id, 'publish')).toMatchObject({ status: 'completed', output: { out: { value: 7 } } });
    await test(id, 'buffer', { upstream: { Publish: 1 } });
    const { body } = await api.get('/uns/data/recent?topic=mHv1.0/tested/a');
    expect(body.data).toHaveLength(1);
    for (const table of ['executions', 'open_executions', 'execution_nodes', 'execution_checkpoints', 'node_states']) {
      const rows = await app.database.asSystem((manager) => manager.query<object[]>(`SELECT 1 FROM ${table}`));
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });

  it('starts no other pipeline', async () => {
    const other = await create(api, pipelineOf([MANUAL]));
    const call = { name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: other } };
    const id = await create(api, pipelineOf([MANUAL, call]));
    const answer = await test(id, 'call');
    expect(answer).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('no other pipeline') },
    });
  });

  it('needs no way that leads to the node', async () => {
    const { nodes, ...pipeline } = pipelineOf([MANUAL, code('Alone', '$trigger.payload')], []);
    const made = await api.post('/engine/pipelines', { ...pipeline, nodes });
    const answer = await test(made.body.data.id as string, 'alone', { trigger: { payload: 3 } });
    expect(answer.output).toEqual({ out: { result: 3 } });
  });

  it('gives what starts a run for a trigger', async () => {
    const id = await create(api, row());
    expect(await test(id, 'start', { trigger: { payload: 3 } })).toMatchObject({ output: { out: { payload: 3 } } });
  });

  it('is not there for nodes that are not', async () => {
    const id = await create(api, row());
    expect((await api.post(`/engine/pipelines/${id}/nodes/none/test`, {})).status).toBe(404);
  });
});
