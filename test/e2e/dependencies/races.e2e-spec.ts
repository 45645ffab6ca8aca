import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';
import { MANUAL, pipelineOf, type TestNode } from '../executions/pipelines';
import { exported, fileOf, imported, itemOf, validate } from './exchange';
import { Standstill } from './standstill';

/*
 * Somebody deletes what somebody else begins to refer to in that moment. Both are made to stand still before the last step
 * of the first, so that what they do lies one in the other.
 */

/** Something that others refer to. */
interface Target {
  id: string;
  path: string;
  /** Of the connection, where it is one of its functions. */
  connectionId?: string;
}

type Call = () => Promise<Answer>;

describe('whoever refers to what is being deleted', () => {
  let app: TestApp;
  let token: string;
  let organizationId: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    token = await app.newToken(ALL_SCOPES);
  });

  beforeEach(async () => {
    organizationId = await app.newOrganization();
    api = app.api(token, organizationId);
    await api.get('/dependencies/graph');
  });

  afterAll(() => app.stop());

  const made = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.body.data.id as string;
  };

  const newModel = (modelId?: string) => {
    const named = modelId === undefined ? [] : [{ name: 'other', type: 'object', modelId }];
    return { name: newId(), fields: [{ name: 'rpm', type: 'number' }, ...named] };
  };

  const targets: Record<string, () => Promise<Target>> = {
    connection: async () => {
      const body = { name: newId(), protocol: 'rest', config: { baseUrl: 'http://127.0.0.1:9' }, enabled: false };
      const id = await made('/connections', body);
      return { id, path: `/connections/${id}` };
    },
    function: async () => {
      const { id: connectionId, path } = await targets.connection!();
      const id = await made(`${path}/functions`, { name: newId(), type: 'rest.get', config: { path: '/' } });
      return { id, path: `${path}/functions/${id}`, connectionId };
    },
    model: async () => {
      const id = await made('/engine/models', newModel());
      return { id, path: `/engine/models/${id}` };
    },
    pipeline: async () => {
      const id = await made('/engine/pipelines', { ...pipelineOf([MANUAL]), name: newId() });
      return { id, path: `/engine/pipelines/${id}` };
    },
  };

  /** A pipeline whose node names the target. */
  const naming = (type: string, { id, connectionId = id }: Target) => {
    const functionId = connectionId === id ? newId() : id;
    const nodes: Record<string, Omit<TestNode, 'name'>> = {
      connection: { type: 'connector.function', parameters: { connectionId, functionId } },
      function: { type: 'connector.function', parameters: { connectionId, functionId } },
      model: { type: 'model.validate', parameters: { modelId: id } },
      pipeline: { type: 'flow.pipeline', parameters: { pipelineId: id, wait: false } },
    };
    const node = { name: 'Next', ...nodes[type]! };
    return { ...pipelineOf([MANUAL, node]), name: newId(), enabled: false };
  };

  type Reference = [what: string, type: string, begin: (target: Target) => Promise<Call> | Call];

  const saved = (type: string): Reference => [
    'a pipeline that is saved',
    type,
    (target) => () => api.post('/engine/pipelines', naming(type, target)),
  ];

  const enabled = (type: string): Reference => [
    'a pipeline that is enabled',
    type,
    async (target) => {
      const id = await made('/engine/pipelines', { ...pipelineOf([MANUAL]), name: newId() });
      const { nodes, edges } = naming(type, target);
      return () => api.patch(`/engine/pipelines/${id}`, { nodes, edges, enabled: true });
    },
  ];

  const brought = (type: string): Reference => [
    'a pipeline that is imported',
    type,
    async (target) => {
      const id = await made('/engine/pipelines', naming(type, target));
      const file = await exported(api, [{ type: 'pipeline', id }]);
      expect((await api.delete(`/engine/pipelines/${id}`)).status).toBe(204);
      const { planId } = (await validate(api, file)).body.data;
      return () => api.post('/dependencies/import/execute', { planId });
    },
  ];

  const references: Reference[] = [
    ...['connection', 'function', 'model', 'pipeline'].map(saved),
    ...['function', 'model', 'pipeline'].map(enabled),
    ...['function', 'model', 'pipeline'].map(brought),
    [
      'a model',
      'model',
      ({ id }) =>
        () =>
          api.post('/engine/models', newModel(id)),
    ],
    [
      'the schema of a topic',
      'model',
      async ({ id }) => {
        const topic = await made('/uns/topics', { topic: 'mHv1.0/line/speed' });
        return () => api.put(`/uns/topics/${topic}/schema`, { mode: 'strict', modelId: id });
      },
    ],
    [
      'a schema binding',
      'model',
      ({ id }) => {
        const binding = { name: newId(), filter: 'mHv1.0/#', mode: 'strict', modelId: id };
        return () => api.post('/uns/schema-bindings', binding);
      },
    ],
  ];

  /** Begins both, the second when the first stands still before its commit, and lets them end. */
  async function oneInTheOther(first: Call, second: Call): Promise<[Answer, Answer]> {
    const standstill = await Standstill.of(app, organizationId);
    const one = first();
    await standstill.standing(1);
    const other = second();
    await standstill.standing(2);
    await standstill.release();
    return Promise.all([one, other]);
  }

  const unresolved = async () => (await api.get('/dependencies/graph')).body.data.unresolved as object[];

  describe('a pipeline that is saved, which names what an import has made that is undone,', () => {
    let id: string;
    let call: Call;
    let undo: Call;

    beforeEach(async () => {
      const content = { description: null, fields: [{ name: 'rpm', type: 'number' }] };
      const { body } = await imported(api, fileOf(itemOf('model', 'Speed', content)));
      id = body.data.items[0].id as string;
      call = () => api.post('/engine/pipelines', naming('model', { id, path: '' }));
      undo = () => api.post(`/dependencies/import/${body.data.id}/undo`);
    });

    it('is refused where that is gone when it comes to it', async () => {
      const [undone, answer] = await oneInTheOther(undo, call);
      expect([undone.status, answer.status]).toEqual([200, 409]);
      expect(answer.body.details.gone).toMatchObject([{ type: 'pipeline', target: { type: 'model', id } }]);
      expect(await unresolved()).toEqual([]);
    });

    it('stands against it where it came first', async () => {
      const [answer, undone] = await oneInTheOther(call, undo);
      expect([answer.status, undone.status]).toEqual([201, 409]);
      expect(undone.body.details.dependents).toMatchObject([{ type: 'pipeline', id: answer.body.data.id }]);
      expect((await api.get(`/engine/models/${id}`)).status).toBe(200);
    });
  });

  describe.each(references)('%s, which names a %s,', (_, type, begin) => {
    it('is refused where that is gone when it comes to it', async () => {
      const target = await targets[type]!();
      const call = await begin(target);
      const [deleted, answer] = await oneInTheOther(() => api.delete(target.path), call);
      expect(deleted.status).toBe(204);
      expect([400, 404, 409]).toContain(answer.status);
      expect(answer.text).toContain(target.id);
      expect(await unresolved()).toEqual([]);
    });

    it('stands against it where it came first', async () => {
      const target = await targets[type]!();
      const call = await begin(target);
      const [answer, deleted] = await oneInTheOther(call, () => api.delete(target.path));
      expect([200, 201]).toContain(answer.status);
      expect([deleted.status, deleted.body.details?.dependents?.length]).toEqual([409, 1]);
    });
  });
});
