import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { exported, fileOf, imported, itemOf, newPlace } from './exchange';

interface Pipeline {
  id: string;
  name: string;
  enabled: boolean;
  nodes: { id: string; parameters: Record<string, unknown> }[];
}

describe('pipelines that are imported', () => {
  let app: TestApp;
  let from: ApiClient;
  let to: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    ({ api: from } = await newPlace(app));
    ({ api: to } = await newPlace(app));
  });

  afterAll(() => app.stop());

  const pipelines = async (api: ApiClient): Promise<Record<string, Pipeline>> => {
    const list = (await api.get('/engine/pipelines')).body.data as Pipeline[];
    const whole = await Promise.all(list.map(async ({ id }) => (await api.get(`/engine/pipelines/${id}`)).body.data));
    return Object.fromEntries((whole as Pipeline[]).map((pipeline) => [pipeline.name, pipeline]));
  };

  it('call one another as before, and are enabled', async () => {
    const start = { id: 'start', name: 'Start', type: 'trigger.manual' };
    const call = (pipelineId: string) => ({
      id: 'call',
      name: 'Call',
      type: 'flow.pipeline',
      parameters: { pipelineId },
    });
    const edges = [{ source: 'start', target: 'call' }];
    const first = await from.post('/engine/pipelines', { name: 'First', nodes: [start] });
    const second = { name: 'Second', nodes: [start, call(first.body.data.id as string)], edges, enabled: true };
    const { id } = (await from.post('/engine/pipelines', second)).body.data;
    const change = { name: 'First', nodes: [start, call(id as string)], edges, enabled: true };
    expect((await from.put(`/engine/pipelines/${first.body.data.id}`, change)).status).toBe(200);

    const file = await exported(from, [{ type: 'pipeline', id }]);
    expect((await imported(to, file)).body.data.counts).toMatchObject({ create: 2 });
    const { First, Second } = await pipelines(to);
    expect([First!.enabled, Second!.enabled]).toEqual([true, true]);
    const called = ({ nodes }: Pipeline) => nodes.find((node) => node.id === 'call')!.parameters['pipelineId'];
    expect([called(First!), called(Second!)]).toEqual([Second!.id, First!.id]);
    expect(await exported(to, [{ type: 'pipeline' }])).toBe(file);
  });

  it('exchange their webhook paths, and get them back when that is undone', async () => {
    const { api } = await newPlace(app);
    const hook = (name: string, path: string) =>
      itemOf('pipeline', name, {
        nodes: [{ id: 'hook', name: 'Hook', type: 'trigger.webhook', parameters: { path } }],
        edges: [],
        enabled: true,
      });
    const pathsOf = async (): Promise<unknown[]> =>
      Object.values(await pipelines(api)).map(({ name, nodes }) => [name, nodes[0]!.parameters['path']]);
    await imported(api, fileOf(hook('First', 'way-1'), hook('Other', 'way-2')));
    const changed = fileOf(hook('Begins', 'way-2'), hook('First', 'way-3'), hook('Other', 'way-1'));
    const { status, body } = await imported(api, changed);
    expect([status, body.message]).toEqual([200, undefined]);
    expect(await pathsOf()).toEqual([
      ['Begins', 'way-2'],
      ['First', 'way-3'],
      ['Other', 'way-1'],
    ]);
    expect((await api.post('/scheduler/webhooks/way-3', {})).status).toBe(200);

    const undone = await api.post(`/dependencies/import/${body.data.id}/undo`);
    expect([undone.status, undone.body.message]).toEqual([200, undefined]);
    expect(await pathsOf()).toEqual([
      ['First', 'way-1'],
      ['Other', 'way-2'],
    ]);
    await eventually(async () => (await api.post('/scheduler/webhooks/way-3', {})).status === 404);
  });

  it('are merged node by node', async () => {
    const { First } = await pipelines(from);
    const node = (id: string) => ({ id, name: id, type: 'trigger.manual' });
    expect((await from.post(`/engine/pipelines/${First!.id}/nodes`, node('theirs'))).status).toBe(201);
    const here = (await pipelines(to))['First']!;
    expect((await to.post(`/engine/pipelines/${here.id}/nodes`, node('ours'))).status).toBe(201);
    const done = await imported(to, await exported(from, [{ type: 'pipeline' }]));
    expect(done.body.data.counts).toMatchObject({ update: 1, unchanged: 1 });
    const { nodes } = (await pipelines(to))['First']!;
    expect(nodes.map(({ id }) => id).sort()).toEqual(['call', 'ours', 'start', 'theirs']);
  });
});
