import { ALL_SCOPES, newId } from '#kernel';
import { DependencyIndex } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { referencesIn } from './references';

const FIELDS = [{ name: 'rpm', type: 'number' }];

describe('topics in the graph', () => {
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
  });

  afterAll(() => app.stop());

  const newTopic = async (topic: string): Promise<string> =>
    (await api.post('/uns/topics', { topic })).body.data.id as string;

  const newModel = async (): Promise<string> =>
    (await api.post('/engine/models', { name: newId(), fields: FIELDS })).body.data.id as string;

  const references = () => referencesIn(app, organizationId);

  /** A dashboard that shows the topic. */
  const showing = async (topic: string): Promise<string> => {
    const panels = [{ title: 'Speed', type: 'line', queries: [{ topic }] }];
    return (await api.post('/uns/dashboards', { name: newId(), panels })).body.data.id as string;
  };

  const idsOf = (entities: { id: string }[]): string[] => entities.map(({ id }) => id);

  /** Who would break if the topic were deleted. */
  const impact = async (id: string): Promise<string[]> => {
    const { affected } = (await api.get(`/dependencies/graph/topic/${id}/impact`)).body.data;
    return idsOf((affected as { id: string; effect: string }[]).filter(({ effect }) => effect === 'breaks'));
  };

  /** What a call must not leave behind. */
  const traces = () =>
    app.database.asSystem((manager) =>
      manager.query<object[]>(
        `SELECT (SELECT count(*) FROM audit_entries WHERE organization_id = $1 AND result = 'done') AS entries,
                (SELECT jsonb_agg(e) FROM uns_epochs e WHERE organization_id = $1) AS epochs,
                (SELECT jsonb_agg(t ORDER BY path) FROM uns_topics t WHERE organization_id = $1) AS topics`,
        [organizationId],
      ),
    );

  it('refer to the model of their schema, as long as they have one', async () => {
    const [id, model] = [await newTopic('mHv1.0/line/speed'), await newModel()];
    expect((await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', modelId: model })).status).toBe(200);
    const reference = { target: `model:${model}`, kind: 'uses', via: ['schema.modelId'] };
    expect(await references()).toEqual([{ source: 'topic:mHv1.0/line/speed', ...reference }]);

    expect((await api.post(`/uns/topics/${id}/move`, { topic: 'mHv1.0/line/rpm' })).status).toBe(200);
    expect(await references()).toEqual([{ source: 'topic:mHv1.0/line/rpm', ...reference }]);

    const { id: line } = (await api.get('/uns/topics/by-path?topic=mHv1.0/line')).body.data;
    expect((await api.post(`/uns/topics/${line}/move`, { topic: 'mHv1.0/hall/line' })).status).toBe(200);
    expect(await references()).toEqual([{ source: 'topic:mHv1.0/hall/line/rpm', ...reference }]);

    expect((await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', min: 0 })).status).toBe(200);
    expect(await references()).toEqual([]);
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', modelId: model });
    expect(await references()).toHaveLength(1);
    expect((await api.delete(`/uns/topics/${line}?recursive=true`)).status).toBe(204);
    expect(await references()).toEqual([]);
  });

  it('are selected by schema bindings, which refer to their models', async () => {
    const model = await newModel();
    const binding = { name: 'Speeds', filter: 'mHv1.0/+/speed', mode: 'strict', modelId: model };
    const { id } = (await api.post('/uns/schema-bindings', binding)).body.data;
    const filter = (key: string) => ({
      source: `schema-binding:${id}`,
      target: `topic:${key}`,
      kind: 'matches',
      via: ['filter'],
    });
    const uses = { source: `schema-binding:${id}`, target: `model:${model}`, kind: 'uses', via: ['modelId'] };
    expect(await references()).toEqual([uses, filter('mHv1.0/+/speed')]);
    await api.patch(`/uns/schema-bindings/${id}`, { filter: 'mHv1.0/#', modelId: null, min: 0 });
    expect(await references()).toEqual([filter('mHv1.0/#')]);
    await api.delete(`/uns/schema-bindings/${id}`);
    expect(await references()).toEqual([]);
  });

  describe('that others name by their paths', () => {
    it.each([
      ['removed', (id: string, query: string) => api.delete(`/uns/topics/${id}${query}`)],
      ['moved', (id: string, query: string) => api.post(`/uns/topics/${id}/move${query}`, { topic: 'mHv1.0/new' })],
    ])('are not %s unless that is forced', async (_, call) => {
      const id = await newTopic('mHv1.0/line/speed');
      const dashboard = await showing('mHv1.0/line/speed');
      const dependents = [{ type: 'dashboard', id: dashboard, via: ['panels["Speed"].queries[0].topic'] }];
      const before = await traces();

      const told = await call(id, '?dryRun=true');
      expect(told).toMatchObject({ status: 200, body: { data: { dependents } } });
      expect(told.headers.get('etag')).toBeNull();
      expect(await call(id, '?dryRun=true&force=true')).toMatchObject({ status: 200, body: { data: { dependents } } });
      const refused = await call(id, '');
      expect(refused).toMatchObject({ status: 409, body: { error: 'conflict', details: { dependents } } });
      expect(refused.body.message).toMatch(/^Topic is used by dashboard .*force=true/);
      expect(await traces()).toEqual(before);

      expect(await call(id, '?force=true')).toMatchObject({ status: 200, body: { data: { dependents } } });
      expect((await api.get('/uns/topics/by-path?topic=mHv1.0/line/speed')).status).toBe(404);
    });

    it('stand against whatever takes their branch with it', async () => {
      await newTopic('mHv1.0/line/speed');
      await showing('mHv1.0/line/speed');
      const { id } = (await api.get('/uns/topics/by-path?topic=mHv1.0/line')).body.data;
      expect((await api.delete(`/uns/topics/${id}?recursive=true`)).status).toBe(409);
      expect((await api.post(`/uns/topics/${id}/move`, { topic: 'mHv1.0/hall' })).status).toBe(409);
      const told = await api.delete(`/uns/topics/${id}?recursive=true&dryRun=true`);
      expect(told.body.data.dependents).toHaveLength(1);
      expect(await impact(id as string)).toEqual(idsOf(told.body.data.dependents));
    });

    it('do not stand against it where there is nothing', async () => {
      const id = await newTopic('mHv1.0/line');
      await showing('mHv1.0/line/speed');
      await showing('mHv1.0/line-2');
      const told = await api.delete(`/uns/topics/${id}?recursive=true&dryRun=true`);
      expect(told.body.data.dependents).toEqual([]);
      expect(await impact(id)).toEqual([]);
      expect((await api.post(`/uns/topics/${id}/move`, { topic: 'mHv1.0/hall' })).status).toBe(200);
      expect((await api.delete(`/uns/topics/${id}?recursive=true`)).status).toBe(204);
    });

    it('are those whose impact is told, and whose topics are gone afterwards', async () => {
      const id = await newTopic('mHv1.0/line');
      const withModel = await newTopic('mHv1.0/line/b');
      for (const path of ['mHv1.0/line/a/speed', 'mHv1.0/line-2/a']) await newTopic(path);
      await api.put(`/uns/topics/${withModel}/schema`, { mode: 'off', modelId: await newModel() });
      const shown = ['mHv1.0/line', 'mHv1.0/line/a', 'mHv1.0/line/a/speed', 'mHv1.0/line/b'];
      const broken = await Promise.all(shown.map(showing));
      // Nothing is there, nothing goes, and whatever is selected may go.
      for (const path of ['mHv1.0/line/c', 'mHv1.0/line-2/a', 'mHv1.0/line/#']) await showing(path);

      expect((await impact(id)).sort()).toEqual(broken.toSorted());
      const told = await api.delete(`/uns/topics/${id}?recursive=true&dryRun=true`);
      const refused = await api.delete(`/uns/topics/${id}?recursive=true`);
      const forced = await api.delete(`/uns/topics/${id}?recursive=true&force=true`);
      expect([told.status, refused.status, forced.status]).toEqual([200, 409, 200]);
      for (const { dependents } of [told.body.data, refused.body.details, forced.body.data]) {
        expect(idsOf(dependents).sort()).toEqual(broken.toSorted());
      }
    });

    it('are asked for after all that would be refused anyway', async () => {
      const id = await newTopic('mHv1.0/line/speed');
      await showing('mHv1.0/line/speed');
      const { id: line } = (await api.get('/uns/topics/by-path?topic=mHv1.0/line')).body.data;
      const answers = [
        await api.delete(`/uns/topics/${newId()}?dryRun=true`),
        await api.delete(`/uns/topics/${line}?dryRun=true`),
        await api.post(`/uns/topics/${id}/move?dryRun=true`, { topic: 'mHv1.0/a' }, { 'If-Match': '"7"' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 409, 412]);
      expect(answers[1]!.body.message).toMatch(/topics below it/);
    });

    it('may come and go where a filter selects them', async () => {
      const id = await newTopic('mHv1.0/line/speed');
      await showing('mHv1.0/+/speed');
      expect((await api.delete(`/uns/topics/${id}`)).status).toBe(204);
    });
  });

  it('are told at their paths as they are each time', async () => {
    await showing('mHv1.0/line/speed');
    await showing('mHv1.0/line/rpm');
    const at = async (paths: string[]): Promise<(string | null)[]> => {
      const { nodes } = (await api.get('/dependencies/graph')).body.data as { nodes: { name: string; id: string }[] };
      return paths.map((path) => nodes.find(({ name }) => name === path)!.id);
    };
    const both = ['mHv1.0/line/speed', 'mHv1.0/line/rpm'];
    const force = '?force=true';

    const speed = await newTopic('mHv1.0/line/speed');
    // What is asked for again is remembered: each state twice.
    for (let n = 0; n < 2; n++) expect(await at(both)).toEqual([speed, null]);
    const rpm = await newTopic('mHv1.0/line/rpm');
    for (let n = 0; n < 2; n++) expect(await at(both)).toEqual([speed, rpm]);
    expect((await api.delete(`/uns/topics/${speed}${force}`)).status).toBe(200);
    for (let n = 0; n < 2; n++) expect(await at(both)).toEqual([null, rpm]);
    expect((await api.post(`/uns/topics/${rpm}/move${force}`, { topic: 'mHv1.0/line/speed' })).status).toBe(200);
    for (let n = 0; n < 2; n++) expect(await at(both)).toEqual([rpm, null]);
    const again = await newTopic('mHv1.0/line/rpm');
    for (let n = 0; n < 2; n++) expect(await at(both)).toEqual([rpm, again]);
  });

  it('tell those who change a model how much they are used', async () => {
    const [id, model] = [await newTopic('mHv1.0/line/speed'), await newModel()];
    await api.put(`/uns/topics/${id}/schema`, { mode: 'off', modelId: model });
    const records = [1, 2, 3].map((value) => ({ topic: 'mHv1.0/line/speed', value }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    const index = app.nest.get<DependencyIndex>(DependencyIndex, { strict: false });
    const [dependent] = await index.dependents(organizationId, { type: 'model', key: model, label: 'Model' });
    expect(dependent).toMatchObject({ type: 'topic', id, name: 'mHv1.0/line/speed', via: ['schema.modelId'] });
    expect(dependent!.weight).toEqual({ messagesLastHour: 3, lastSeen: expect.any(String), openNow: 0 });
  });
});
