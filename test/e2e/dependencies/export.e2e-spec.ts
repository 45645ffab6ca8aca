import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { exported, newPlace } from './exchange';

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
        totals: { selected: 1, required: 1, optional: 0 },
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

  it('is kept, listed and downloaded by a name that leads nowhere', async () => {
    await newModel('Model A');
    const made = await api.post('/dependencies/export', {
      entities: [{ type: 'model' }],
      name: '../../..\\"Plant\u202e',
    });
    expect(made).toMatchObject({ status: 201, body: { data: { items: 1, secrets: [], fileName: 'Plant.mhub.json' } } });
    const { id, bytes } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/dependencies/export/${id}`);
    expect((await api.get(`/dependencies/export/${id}`)).body.data).toEqual(made.body.data);
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
