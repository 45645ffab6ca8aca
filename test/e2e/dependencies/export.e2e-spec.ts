import { newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { exported, newPlace, validate } from './exchange';

const FIELDS = [{ name: 'speed', type: 'number' }];

describe('an export', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());
  beforeEach(async () => void ({ api } = await newPlace(app)));

  const newModel = async (name: string, fields: object[] = FIELDS): Promise<string> => {
    const { status, body } = await api.post('/engine/models', { name, fields });
    expect(status).toBe(201);
    return body.data.id as string;
  };

  it('takes along what its entities cannot be without, by names alone', async () => {
    const sensor = await newModel('Sensor');
    const line = await newModel('Line', [{ name: 'sensor', type: 'object', modelId: sensor }]);
    await newModel('Other');
    const analysis = await api.post('/dependencies/export/analyze', { entities: [{ type: 'model', id: line }] });
    expect([analysis.status, analysis.body.data]).toEqual([
      200,
      {
        selected: [{ type: 'model', id: line, name: 'Line' }],
        required: [
          { type: 'model', id: sensor, name: 'Sensor', neededBy: [{ type: 'model', id: line, name: 'Line' }] },
        ],
        optional: [],
        warnings: [],
        totals: { selected: 1, required: 1, optional: 0, warnings: 0 },
      },
    ]);
    const text = await exported(api, [{ type: 'model', id: line }], { description: 'For the other plant' });
    const file = JSON.parse(text);
    expect(file).toMatchObject({ format: 'maestrohub', formatVersion: '1.0', description: 'For the other plant' });
    expect(file.items.map(({ name }: { name: string }) => name)).toEqual(['Line', 'Sensor']);
    expect(file.items[0].content.fields[0].modelId).toBe('mhub://model/Sensor');
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('takes ids in any case, and all of a type once however often it is named', async () => {
    const sensor = await newModel('Sensor');
    await newModel('Other');
    const { items } = JSON.parse(await exported(api, [{ type: 'model', id: sensor.toUpperCase() }]));
    expect(items).toMatchObject([{ name: 'Sensor' }]);
    // Each time all of them would be more than there is memory for.
    const many = Array.from({ length: 5_000 }, () => ({ type: 'model' }));
    expect(JSON.parse(await exported(api, many)).items).toHaveLength(2);
    const impact = await api.get(`/dependencies/graph/model/${sensor.toUpperCase()}/impact`);
    expect([impact.status, impact.body.data?.entity.id]).toEqual([200, sensor]);
  });

  it('of the same is the same, byte by byte', async () => {
    await newModel('Model B');
    await newModel('Model A');
    const all = [{ type: 'model' }];
    const first = await exported(api, all);
    expect(await exported(api, all)).toBe(first);
  });

  describe('of what refers to something that is gone', () => {
    const all = [{ type: 'model' }, { type: 'pipeline' }, { type: 'topic' }, { type: 'schema-binding' }];

    const newPipeline = async (name: string, parameters: { [name: string]: object }): Promise<void> => {
      const nodes = Object.entries(parameters).map(([type, own], index) => ({
        ...{ id: `node-${index}`, name: `Node ${index}`, type, parameters: own },
      }));
      expect((await api.post('/engine/pipelines', { name, nodes })).status).toBe(201);
    };

    const warning = (type: string, name: string, field: string, target: string) => ({
      ...{ type, name, field },
      message: `${target} does not exist: no import takes the file while this is there. Name another one, or none, and export again`,
    });

    it('is made, and tells what an import would not take', async () => {
      const sensor = await newModel('Sensor');
      const line = await newModel('Line', [{ name: 'sensor', type: 'object', modelId: sensor }]);
      await newPipeline('Check', { 'model.validate': { modelId: sensor }, 'flow.pipeline': { pipelineId: newId() } });
      const rules = { mode: 'strict', modelId: sensor };
      const topic = (await api.post('/uns/topics', { topic: 'mHv1.0/a' })).body.data.id as string;
      expect((await api.put(`/uns/topics/${topic}/schema`, rules)).status).toBe(200);
      const binding = { ...rules, name: 'Speeds', filter: 'mHv1.0/+/speed' };
      expect((await api.post('/uns/schema-bindings', binding)).status).toBe(201);
      expect((await api.delete(`/engine/models/${sensor}?force=true`)).status).toBe(200);

      const { body } = await api.post('/dependencies/export', { entities: all });
      const gone = `model ${sensor}`;
      const expected = [
        warning('model', 'Line', 'fields[0].modelId', gone),
        warning('pipeline', 'Check', 'nodes["Node 0"].parameters.modelId', gone),
        warning('pipeline', 'Check', 'nodes["Node 1"].parameters.pipelineId', expect.any(String) as string),
        warning('schema-binding', 'Speeds', 'modelId', gone),
        warning('topic', 'mHv1.0/a', 'schema.modelId', gone),
      ];
      expect(body.data).toMatchObject({ items: 4, warningCount: 5 });
      expect(body.data.warnings).toEqual(
        expected.map((one) => ({ ...one, message: expect.stringContaining('does not exist') as string })),
      );
      expect(body.data.warnings[0]).toEqual(expected[0]);
      const analysis = await api.post('/dependencies/export/analyze', { entities: all });
      expect(analysis.body.data).toMatchObject({ warnings: body.data.warnings, totals: { warnings: 5 } });
      const one = await api.post('/dependencies/export/analyze', { entities: [{ type: 'model', id: line }] });
      expect(one.body.data.warnings).toEqual([expected[0]]);

      // It is what an import says.
      const { api: elsewhere } = await newPlace(app);
      const file = await api.get(`/dependencies/export/${body.data.id}/download`);
      const plan = (await validate(elsewhere, file.text)).body.data;
      const itemsOf = (list: { type: string; name: string }[]) =>
        list.map(({ type, name }) => `${type} ${name}`).sort();
      expect(itemsOf(plan.problems)).toEqual(itemsOf(body.data.warnings));
    });

    it('tells a hundred, and how many there are', async () => {
      const nodes = Array.from({ length: 102 }, (_, index) => ({
        ...{ id: `n${index}`, name: `N ${index}`, type: 'model.validate', parameters: { modelId: newId() } },
      }));
      expect((await api.post('/engine/pipelines', { name: 'Many', nodes })).status).toBe(201);
      const { body } = await api.post('/dependencies/export', { entities: all });
      expect([body.data.warnings.length, body.data.warningCount]).toEqual([100, 102]);
    });

    it('tells nothing of topics that are not there, which may come later', async () => {
      await newPipeline('Later', {
        'trigger.uns.subscribe': { topics: ['mHv1.0/none', 'mHv1.0/+/none'] },
        'system.uns.publish': { topic: 'none/out', value: 1 },
      });
      const { body } = await api.post('/dependencies/export', { entities: all });
      expect(body.data).toMatchObject({ items: 1, warnings: [], warningCount: 0 });
    });
  });

  it('is kept, listed and downloaded by a name that leads nowhere', async () => {
    await newModel('Model A');
    const made = await api.post('/dependencies/export', {
      entities: [{ type: 'model' }],
      name: '../../..\\"Plant\u202e',
    });
    expect(made).toMatchObject({ status: 201, body: { data: { items: 1, secrets: [], fileName: 'Plant.mhub.json' } } });
    const { id, bytes } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/dependencies/export/${id}`);
    const { warnings, warningCount, ...kept } = made.body.data;
    expect([warnings, warningCount]).toEqual([[], 0]);
    expect((await api.get(`/dependencies/export/${id}`)).body.data).toEqual(kept);
    const download = await api.get(`/dependencies/export/${id}/download`);
    expect(download.headers.get('content-disposition')).toBe('attachment; filename=Plant.mhub.json');
    expect(Buffer.byteLength(download.text)).toBe(bytes);
    expect((await api.get('/dependencies/export')).body).toMatchObject({ data: [{ id }], meta: { total: 1 } });
  });

  it('is kept among the last twenty', async () => {
    await newModel('Model A');
    for (let i = 0; i < 21; i++)
      await api.post('/dependencies/export', { entities: [{ type: 'model' }], name: `N ${i}` });
    const { data, meta } = (await api.get('/dependencies/export')).body;
    expect([meta.total, data[0].name, data.at(-1).name]).toEqual([20, 'N 20', 'N 1']);
  });

  it.each([
    [{ entities: [] }, /^Entities/],
    [{ entities: null }, /^Entities is required$/],
    [{ entities: [[]] }, /^Entities/],
    [{ entities: [{ type: 'model', id: null }] }, /^Id is required$/],
    [{ include: null }, /^Include is required$/],
    [{ name: null }, /^Name is required$/],
    [{ entities: [{ type: 'user' }] }, /^Type must be one of /],
    [{ entities: [{ type: 'model', id: 'x' }] }, /^There is no model x$/],
    [{ entities: [{ type: 'model' }], include: 'some' }, /^Include must be all, required, or a list/],
    [{ entities: [{ type: 'model' }], include: [{ type: 'model', id: '../x' }] }, /^There is no model \.\.\/x$/],
  ])('of %j is refused', async (body, message) => {
    const answer = await api.post('/dependencies/export', body);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});
