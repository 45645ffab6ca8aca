import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { newName, newPipeline, SOUND } from './pipelines-api';

const node = (id: string, type: string, parameters: object = {}, name = id) => ({ id, name, type, parameters });
const edge = (source: string, target: string, sourcePort = 'out') => ({
  id: `${source}-${target}`,
  source,
  target,
  sourcePort,
});

const START = node('start', 'trigger.manual');
const SET = { fields: [{ name: 'a', value: '1' }] };
const condition = (...conditions: string[]) => node('check', 'flow.condition', { conditions });

describe('what is wrong with a pipeline', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it.each<[string, object, [field: string, message: string][]]>([
    ['an unknown type', { nodes: [node('a', 'magic')] }, [['nodes[0]', 'Node type magic is not known']]],
    [
      'ids and names that are given twice',
      { nodes: [START, node('start', 'transform.set', SET)] },
      [
        ['nodes[1]', 'Node id start is used twice'],
        ['nodes[1]', 'Name start is given to two nodes'],
      ],
    ],
    ['an edge to nowhere', { nodes: [START], edges: [edge('start', 'x')] }, [['edges[0]', 'Its target x is no node']]],
    [
      'an unknown port',
      { nodes: [START, condition('true')], edges: [edge('start', 'check', 'left')] },
      [['edges[0]', 'start has no output left']],
    ],
    [
      'a cycle',
      {
        nodes: [START, node('a', 'transform.set', SET), node('b', 'transform.set', SET)],
        edges: [edge('start', 'a'), edge('a', 'b'), edge('b', 'a')],
      },
      [
        ['nodes[1]', 'It is part of a cycle'],
        ['nodes[2]', 'It is part of a cycle'],
      ],
    ],
    [
      'expressions that cannot be read, with all other faults',
      { nodes: [START, condition('1 +* 2', '{{ 1'), node('x', 'magic')] },
      [
        ['nodes[2]', 'Node type magic is not known'],
        ['nodes[1].parameters.conditions[0]', 'Unexpected token at character 4'],
        ['nodes[1].parameters.conditions[1]', 'Missing }} at character 5'],
      ],
    ],
  ])('is not saved: %s', async (_, content, problems) => {
    const before = (await api.get('/engine/pipelines')).body.meta.total;
    const answer = await api.post('/engine/pipelines', { name: newName(), ...content });
    expect(answer.status).toBe(400);
    const { details } = answer.body;
    expect(details.map(({ field, message }: Record<string, string>) => [field, message])).toEqual(problems);
    expect(answer.body.message).toContain(problems[0]![1]);
    expect((await api.get('/engine/pipelines')).body.meta.total).toBe(before);
    const { id } = await newPipeline(api);
    const kept = (await api.get(`/engine/pipelines/${id}`)).body;
    expect((await api.patch(`/engine/pipelines/${id}`, { edges: [], ...content })).status).toBe(400);
    expect((await api.get(`/engine/pipelines/${id}`)).body).toEqual(kept);
    expect((await api.get(`/engine/pipelines/${id}/versions`)).body.meta.total).toBe(1);
  });

  it.each<[string, object, object[]]>([
    ['nothing in it', {}, [{ message: 'No trigger starts it' }]],
    ['no trigger', { nodes: [node('a', 'transform.set', SET)] }, [{ message: 'No trigger starts it' }]],
    [
      'a node that nothing leads to',
      { nodes: [START, node('a', 'transform.set', SET)] },
      [{ nodeId: 'a', message: 'No trigger leads to it' }],
    ],
    [
      'a loop without end',
      { nodes: [START, node('each', 'flow.foreach', { sourceArray: '[1]' })], edges: [edge('start', 'each')] },
      [{ nodeId: 'each', message: 'The loop has no end: no way leads to an end of it' }],
    ],
    [
      'missing and unknown parameters',
      {
        nodes: [START, node('check', 'flow.condition', { other: 1 }), node('code', 'code.javascript')],
        edges: [edge('start', 'check'), edge('start', 'code')],
      },
      [
        { nodeId: 'check', parameter: 'conditions', message: 'conditions is required' },
        { nodeId: 'check', parameter: 'other', message: 'other is not known' },
        { nodeId: 'code', parameter: 'code', message: 'code is required' },
      ],
    ],
    [
      'an expression that is still empty',
      { nodes: [START, condition(' ')], edges: [edge('start', 'check')] },
      [{ nodeId: 'check', parameter: 'conditions[0]', message: 'An expression is required' }],
    ],
    [
      'names of nodes that there are not, or that run later',
      {
        nodes: [
          START,
          condition('$node["Nobody"].a', '$node["late"].a'),
          node('late', 'code.javascript', { code: 'const a = $node.early; return a' }),
        ],
        edges: [edge('start', 'check'), edge('check', 'late', 'true')],
      },
      [
        { nodeId: 'check', parameter: 'conditions[0]', message: 'No node is named Nobody' },
        { nodeId: 'check', parameter: 'conditions[1]', message: 'late does not run before' },
        { nodeId: 'late', parameter: 'code', message: 'No node is named early' },
      ],
    ],
    [
      'what the type itself finds',
      { nodes: [START, node('code', 'code.javascript', { code: 'return (' })], edges: [edge('start', 'code')] },
      [{ nodeId: 'code', parameter: 'code', message: expect.any(String) }],
    ],
  ])('is saved, but not enabled: %s', async (_, content, problems) => {
    const { id } = await newPipeline(api, content);
    const validated = await api.post(`/engine/pipelines/${id}/validate`);
    expect(validated).toMatchObject({ status: 200, body: { data: { valid: false, problems } } });
    expect(validated.body.data.problems).toHaveLength(problems.length);
    const refused = await api.post(`/engine/pipelines/${id}/enable`);
    expect(refused).toMatchObject({ status: 400, body: { error: 'bad_request', details: problems } });
    expect((await api.post('/engine/pipelines', { name: newName(), ...content, enabled: true })).status).toBe(400);
    expect((await api.get(`/engine/pipelines/${id}`)).body.data).toMatchObject({ enabled: false, version: 1 });
    const sound = await newPipeline(api, { ...SOUND, enabled: true });
    const change = { nodes: [], edges: [], ...content };
    expect((await api.patch(`/engine/pipelines/${sound.id}`, change)).status).toBe(400);
    expect((await api.get(`/engine/pipelines/${sound.id}`)).body.data).toEqual(sound);
  });

  it('is nothing about values that are known with a run alone', async () => {
    const wait = node('wait', 'flow.wait', { duration: '{{ $trigger.payload.time }}' });
    const nodes = [START, wait, node('stop', 'flow.stop', { status: '{{ $node["wait"].status }}', message: 'm' })];
    const { id } = await newPipeline(api, { nodes, edges: [edge('start', 'wait'), edge('wait', 'stop')] });
    expect((await api.post(`/engine/pipelines/${id}/validate`)).body.data).toEqual({ valid: true, problems: [] });
  });

  it('does not hinder it from being enabled twice, or disabled', async () => {
    const { id } = await newPipeline(api);
    const enabled = await api.post(`/engine/pipelines/${id}/enable`, undefined, { 'If-Match': '"1"' });
    expect(enabled.body.data).toMatchObject({ enabled: true, version: 2 });
    expect((await api.post(`/engine/pipelines/${id}/enable`)).body.data).toMatchObject({ enabled: true, version: 2 });
    expect((await api.post(`/engine/pipelines/${id}/disable`, undefined, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await api.post(`/engine/pipelines/${id}/disable`)).body.data).toMatchObject({ enabled: false, version: 3 });
    const { data } = (await api.get(`/engine/pipelines/${id}/versions`)).body;
    expect(data.map(({ summary }: { summary: string }) => summary)).toEqual(['disabled', 'enabled', 'created']);
  });

  it('can be told by the types there are', async () => {
    const { data, meta } = (await api.get('/engine/nodes')).body;
    expect(meta.total).toBe(data.length);
    const type = await api.get('/engine/nodes/flow.condition');
    expect(type.body.data).toMatchObject({
      id: 'flow.condition',
      category: 'flow',
      title: 'Condition',
      ports: { inputs: ['in'], outputs: ['true', 'false'], dynamic: false },
      parameters: { type: 'object', required: ['conditions'] },
      example: { parameters: { conditions: expect.any(Array) } },
      pure: true,
      trigger: false,
    });
    expect(type.headers.get('etag')).toMatch(/^"\d+"$/);
    expect((await api.get('/engine/nodes/flow.switch')).body.data.ports).toMatchObject({ dynamic: true });
    expect(await api.get('/engine/nodes/none')).toMatchObject({
      status: 404,
      body: { message: 'Node type not found' },
    });
  });
});
