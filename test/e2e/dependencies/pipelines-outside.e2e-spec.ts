import { ALL_SCOPES, newId } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { MANUAL, pipelineOf } from '../executions/pipelines';
import { newPipeline } from '../pipelines/pipelines-api';
import { portableOf } from './kept-graph';
import { keptReferences } from './pipelines-graph';

const MODEL = newId();

/** The mark in its schema is all that the module says of references. */
describe('a node type from outside that refers to entities', () => {
  let app: TestApp;
  let api: ApiClient;
  let called: string;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_MODULES: './test/e2e/dependencies/alarm-node.ts' } });
    api = app.api(await app.newToken(ALL_SCOPES));
    called = (await newPipeline(api, {})).id;
  });

  afterAll(() => app.stop());

  const alarm = (parameters: object) => pipelineOf([MANUAL, { name: 'Alarm', type: 'acme.alarm', parameters }]);

  const parameters = () => ({
    modelId: MODEL,
    steps: [{ pipelineId: `{{ $item ? "${called}" : null }}` }],
    silencedBy: 'plant/{{ $item.line }}/silence',
    token: 'secret',
  });

  it('stands in the graph', async () => {
    const { id } = await newPipeline(api, alarm(parameters()));
    expect(await keptReferences(app, id)).toEqual({
      [`uses model:${MODEL}`]: ['nodes["Alarm"].parameters.modelId'],
      [`uses pipeline:${called}`]: ['nodes["Alarm"].parameters.steps[0].pipelineId'],
      'matches topic:mHv1.0/plant/+/silence': ['nodes["Alarm"].parameters.silencedBy'],
    });
  });

  it('stands against what would break it', async () => {
    const { body } = await api.delete(`/engine/pipelines/${called}`);
    expect(body.details.dependents).toMatchObject([{ via: ['nodes["Alarm"].parameters.steps[0].pipelineId'] }]);
  });

  it('leaves with names in the places of ids', async () => {
    const { id } = await newPipeline(api, alarm(parameters()));
    const portable = portableOf(app, 'pipeline');
    const [entity] = await portable.read(app.organizationId, [id]);
    const { nodes } = portable.mapReferences(entity!.content, (type) => `mhub://${type}/It`);
    expect(nodes).toMatchObject([
      {},
      {
        parameters: {
          modelId: 'mhub://model/It',
          steps: [{ pipelineId: '{{ $item ? "mhub://pipeline/It" : null }}' }],
          silencedBy: 'plant/{{ $item.line }}/silence',
          token: '********',
        },
      },
    ]);
  });

  it('tells of the secret that it cannot be without', () => {
    const { nodes, edges } = alarm({ modelId: MODEL });
    const content = { nodes, edges } as unknown as PortableContent;
    expect(portableOf(app, 'pipeline').check('Alarms', content)).toMatchObject({
      secrets: ['/nodes/alarm/parameters/token'],
      problems: [],
    });
  });
});
