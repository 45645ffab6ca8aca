import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { MANUAL, pipelineOf, type TestNode } from '../executions/pipelines';
import { newPipeline } from '../pipelines/pipelines-api';
import { computedGraph, keptGraph } from './kept-graph';
import { keptPipelines, keptReferences } from './pipelines-graph';

const ID = newId();
const OTHER = newId();

const calls = (name: string, pipelineId: string): TestNode => ({
  name,
  type: 'flow.pipeline',
  parameters: { pipelineId },
});

describe('pipelines in the graph of dependencies', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('refer to all that their nodes name, disabled ones included', async () => {
    const { id } = await newPipeline(
      api,
      pipelineOf([
        { name: 'Values', type: 'trigger.uns.subscribe', parameters: { topics: ['mHv1.0/a/speed', 'mHv1.0/+/state'] } },
        { name: 'Call "it"', type: 'connector.function', parameters: { connectionId: ID, functionId: OTHER } },
        { ...calls('Next', ID), disabled: true },
        { name: 'Check', type: 'model.validate', parameters: { modelId: `{{ $item ? '${ID}' : "${OTHER}" }}` } },
        { name: 'Last', type: 'system.uns.fetchdata', parameters: { topic: 'a/speed' } },
        { name: 'Out', type: 'system.uns.publish', parameters: { topic: 'a/{{ $trigger.payload.line }}/speed' } },
        {
          name: 'All',
          type: 'system.uns.publishBatch',
          parameters: { records: [{ topic: 'a/b', value: 1 }, { topic: '{{ $item }}/c' }] },
        },
        {
          name: 'More',
          type: 'system.uns.publishBatch',
          parameters: { records: '{{ $item.map((value) => ({ topic: "mHv1.0/a/d", value })) }}' },
        },
      ]),
    );
    expect(await keptReferences(app, id)).toEqual({
      'uses topic:mHv1.0/a/speed': ['nodes["Values"].parameters.topics[0]', 'nodes["Last"].parameters.topic'],
      'matches topic:mHv1.0/+/state': ['nodes["Values"].parameters.topics[1]'],
      [`uses connection:${ID}`]: ['nodes["Call \\"it\\""].parameters.connectionId'],
      [`uses function:${OTHER}`]: ['nodes["Call \\"it\\""].parameters.functionId'],
      [`uses pipeline:${ID}`]: ['nodes["Next"].parameters.pipelineId'],
      [`uses model:${ID}`]: ['nodes["Check"].parameters.modelId'],
      [`uses model:${OTHER}`]: ['nodes["Check"].parameters.modelId'],
      'matches topic:mHv1.0/a/+/speed': ['nodes["Out"].parameters.topic'],
      'uses topic:mHv1.0/a/b': ['nodes["All"].parameters.records[0].topic'],
      'matches topic:mHv1.0/+/c': ['nodes["All"].parameters.records[1].topic'],
      'uses topic:mHv1.0/a/d': ['nodes["More"].parameters.records'],
    });
  });

  it('refer to topics and filters as long as there are', async () => {
    const longest = ['mHv1.0', ...Array<string>(8).fill('工'.repeat(100)), `${'工'.repeat(60)}xxx`].join('/');
    expect(Buffer.byteLength(longest)).toBe(2_598);
    const topics = [longest, `${longest.slice(0, -2)}/+`, `${longest}/工/+`];
    const { id } = await newPipeline(
      api,
      pipelineOf([{ name: 'Values', type: 'trigger.uns.subscribe', parameters: { topics } }]),
    );
    expect(Object.keys(await keptReferences(app, id)).sort()).toEqual([
      `matches topic:${topics[1]}`,
      `uses topic:${topics[0]}`,
    ]);
  });

  it('refer to those that trigger them', async () => {
    const { id } = await newPipeline(
      api,
      pipelineOf(
        [
          { name: 'Ends', type: 'trigger.pipeline.event', parameters: { pipelineIds: [ID, OTHER] } },
          { name: 'Message', type: 'trigger.connection', parameters: { connectionId: ID, functionId: OTHER } },
        ],
        [],
      ),
    );
    expect(Object.keys(await keptReferences(app, id)).sort()).toEqual(
      [`connection:${ID}`, `function:${OTHER}`, `pipeline:${ID}`, `pipeline:${OTHER}`]
        .map((key) => `uses ${key}`)
        .sort(),
    );
  });

  it('refer to nothing by texts at other places, in code, or by what cannot be told', async () => {
    const text = `${ID} mHv1.0/a`;
    const { id } = await newPipeline(
      api,
      pipelineOf([
        { name: 'Start', type: 'trigger.manual', parameters: { outputData: ID } },
        { name: 'Set', type: 'transform.set', parameters: { fields: [{ name: 'a', value: `{{ "${text}" }}` }] } },
        { name: 'Code', type: 'code.javascript', parameters: { code: `return "mHv1.0/a" + "${ID}"` } },
        { name: 'Out', type: 'system.uns.publish', parameters: { topic: '{{ $trigger.payload.topic }}' } },
        { name: 'Find', type: 'system.uns.searchnodes', parameters: { query: 'mHv1.0/a' } },
      ]),
    );
    expect(await keptReferences(app, id)).toEqual({});
  });

  it('are kept true by every way in which one changes', async () => {
    const references = async () => Object.keys(await keptReferences(app, id));
    const { id } = await newPipeline(api, pipelineOf([MANUAL, calls('Next', ID)]));
    const path = `/engine/pipelines/${id}`;
    expect(await references()).toEqual([`uses pipeline:${ID}`]);

    await api.patch(`${path}/nodes/next`, { parameters: { pipelineId: OTHER } });
    expect(await references()).toEqual([`uses pipeline:${OTHER}`]);

    await api.patch(`${path}/nodes/next`, { name: 'After' });
    expect(await keptReferences(app, id)).toEqual({
      [`uses pipeline:${OTHER}`]: ['nodes["After"].parameters.pipelineId'],
    });

    await api.delete(`${path}/nodes/next`);
    expect(await references()).toEqual([]);

    await api.post(`${path}/versions/1/revert`);
    expect(await references()).toEqual([`uses pipeline:${ID}`]);

    await api.put(path, { name: `Renamed ${id}` });
    expect(await references()).toEqual([]);
    expect((await keptPipelines(app))[id]).toBe(`Renamed ${id}`);

    await api.post(`${path}/nodes`, { name: 'More', type: 'flow.pipeline', parameters: { pipelineId: id } });
    const clone = await api.post(`${path}/clone`, { name: `Clone of ${id}` });
    expect(Object.keys(await keptReferences(app, clone.body.data.id))).toEqual([`uses pipeline:${id}`]);

    expect((await api.delete(`/engine/pipelines/${clone.body.data.id}`)).status).toBe(204);
    expect(await keptPipelines(app)).not.toHaveProperty(clone.body.data.id);
    expect(await keptReferences(app, clone.body.data.id)).toEqual({});
  });

  it('are not in it when a change is refused', async () => {
    const { id } = await newPipeline(api, pipelineOf([MANUAL, calls('Next', ID)]));
    const before = await keptReferences(app, id);
    const nodes = pipelineOf([MANUAL, calls('Next', OTHER), calls('Next', OTHER)]).nodes;
    expect((await api.patch(`/engine/pipelines/${id}`, { nodes })).status).toBe(400);
    expect(await keptReferences(app, id)).toEqual(before);
  });

  it('are the same when the graph is made anew, however many there are', async () => {
    for (let count = 0; count < 25; count++) await newPipeline(api, pipelineOf([MANUAL, calls('Next', ID)]));
    const computed = await computedGraph(app, app.organizationId, ['pipeline']);
    expect(Object.keys(computed).length).toBeGreaterThan(25);
    expect(computed).toEqual(await keptGraph(app, app.organizationId, ['pipeline']));
  });

  it('of which the marks stand in the schemas of node types', async () => {
    const { body } = await api.get('/engine/nodes/connector.function');
    expect(body.data.parameters.properties.functionId).toMatchObject({ format: 'uuid', 'x-reference': 'function' });
  });
});
