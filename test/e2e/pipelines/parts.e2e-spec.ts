import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { newPipeline, SOUND } from './pipelines-api';

describe('nodes and edges of a pipeline', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('are added, read, changed and removed, each as a version of the pipeline', async () => {
    const { id } = await newPipeline(api, {});
    const path = `/engine/pipelines/${id}`;
    const start = { id: 'start', name: 'Start', type: 'trigger.manual' };
    const added = await api.post(`${path}/nodes`, start, { 'If-Match': '"1"' });
    expect(added).toMatchObject({ status: 201, body: { data: { ...start, parameters: {}, version: 2 } } });
    expect(added.headers.get('location')).toBe(`/api/v1${path}/nodes/start`);
    expect(added.headers.get('etag')).toBe('"2"');
    expect((await api.get(`${path}/nodes/start`)).body).toEqual(added.body);
    expect((await api.post(`${path}/nodes`, start, { 'If-Match': '"1"' })).status).toBe(412);
    expect(await api.post(`${path}/nodes`, start)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'nodes[1]', nodeId: 'start' }, expect.anything()] },
    });
    const { id: setId } = (await api.post(`${path}/nodes`, { name: 'Set', type: 'transform.set' })).body.data;
    const edge = await api.post(`${path}/edges`, { id: 'e', source: 'start', target: setId });
    expect(edge.body.data).toEqual({
      id: 'e',
      source: 'start',
      sourcePort: 'out',
      target: setId,
      targetPort: 'in',
      version: 4,
    });
    expect((await api.get(`${path}/edges/e`)).body).toEqual(edge.body);
    expect((await api.post(`${path}/edges`, { source: 'start', target: setId })).status).toBe(400);
    const moved = await api.patch(`${path}/nodes/${setId}`, { position: { x: 5, y: 6 }, disabled: true });
    expect(moved.body.data).toMatchObject({ name: 'Set', position: { x: 5, y: 6 }, disabled: true, version: 5 });
    expect((await api.patch(`${path}/nodes/${setId}`, { type: 'flow.wait' })).status).toBe(400);
    expect((await api.delete(`${path}/nodes/${setId}`, { 'If-Match': '"4"' })).status).toBe(412);
    expect((await api.delete(`${path}/nodes/${setId}`)).status).toBe(204);
    expect((await api.get(path)).body.data).toMatchObject({ nodes: [start], edges: [], version: 6 });
    for (const gone of [`/nodes/${setId}`, '/edges/e']) {
      expect((await api.get(path + gone)).status).toBe(404);
      expect((await api.delete(path + gone)).status).toBe(404);
    }
    const { data } = (await api.get(`${path}/versions`)).body;
    expect(data.map(({ summary }: { summary: string }) => summary)).toEqual([
      '1 node removed, 1 edge removed',
      '1 node changed',
      '1 edge added',
      '1 node added',
      '1 node added',
      'created',
    ]);
  });

  it('are listed', async () => {
    const { id } = await newPipeline(api);
    const nodes = (await api.get(`/engine/pipelines/${id}/nodes?limit=2`)).body;
    expect(nodes).toMatchObject({ data: SOUND.nodes.slice(0, 2), meta: { page: 1, limit: 2, total: 3 } });
    expect((await api.get(`/engine/pipelines/${id}/edges?page=2&limit=1`)).body).toMatchObject({
      data: [SOUND.edges[1]],
      meta: { total: 2 },
    });
    expect((await api.delete(`/engine/pipelines/${id}/edges/b`)).status).toBe(204);
    expect((await api.get(`/engine/pipelines/${id}/edges`)).body.meta.total).toBe(1);
  });

  it('get another name everywhere', async () => {
    const nodes = [
      ...SOUND.nodes,
      {
        id: 'code',
        name: 'Code',
        type: 'code.javascript',
        parameters: { code: 'const s = $node.Start;\nreturn s.value' },
      },
      {
        id: 'filter',
        name: 'Filter',
        type: 'transform.filter',
        parameters: { condition: '$item > $node["Start"].value', items: ['Start', '{{ $node["Start"].value }}'] },
      },
    ];
    const edges = [...SOUND.edges, { source: 'start', target: 'code' }, { source: 'start', target: 'filter' }];
    const { id } = await newPipeline(api, { nodes, edges, enabled: true });
    const rename = (name: string, ifMatch: string) =>
      api.post(`/engine/pipelines/${id}/nodes/start/rename`, { name }, { 'If-Match': ifMatch });
    expect((await rename('Begin "1"', '"9"')).status).toBe(412);
    const renamed = await rename('Begin "1"', '"1"');
    expect(renamed).toMatchObject({ status: 200, body: { data: { id: 'start', name: 'Begin "1"', version: 2 } } });
    const after = (await api.get(`/engine/pipelines/${id}`)).body.data;
    expect(after.nodes.map(({ parameters }: { parameters: object }) => parameters)).toEqual([
      { outputData: { value: 5 } },
      { conditions: ['$node["Begin \\"1\\""].value > 3'] },
      { fields: [{ name: 'text', value: 'It is {{ $node["Begin \\"1\\""].value }}' }] },
      { code: 'const s = $node["Begin \\"1\\""];\nreturn s.value' },
      { condition: '$item > $node["Begin \\"1\\""].value', items: ['Start', '{{ $node["Begin \\"1\\""].value }}'] },
    ]);
    expect((await api.post(`/engine/pipelines/${id}/validate`)).body.data.valid).toBe(true);
    expect(await rename('Check', '"2"')).toMatchObject({
      status: 400,
      body: { message: 'Check: Name Check is given to two nodes' },
    });
    const patched = await api.patch(`/engine/pipelines/${id}/nodes/start`, { name: 'Start' });
    expect(patched.body.data.name).toBe('Start');
    expect((await api.get(`/engine/pipelines/${id}/nodes/check`)).body.data.parameters).toEqual(
      SOUND.nodes[1]!.parameters,
    );
  });
});
