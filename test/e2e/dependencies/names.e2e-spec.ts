import { createTestApp, type TestApp } from '#testing';
import { exported, fileOf, imported, itemOf, newPlace, validate } from './exchange';

const namesIn = (file: string): string[] => (JSON.parse(file).items as { name: string }[]).map(({ name }) => name);

describe('names that differ in little', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  it('are names of their own wherever the database has them side by side', async () => {
    const names = ['Café', 'Cafe\u0301', 'i\u0307stanbul', 'İstanbul', 'ΟΔΟΣ', 'οδος'];
    const [{ api: from }, { api: to }] = [await newPlace(app), await newPlace(app)];
    for (const name of names) {
      const fields = [{ name: 'word', type: 'string', description: name }];
      expect([name, (await from.post('/engine/models', { name, fields })).status]).toEqual([name, 201]);
    }
    const file = await exported(from, [{ type: 'model' }]);
    expect(namesIn(file).sort()).toEqual([...names].sort());
    expect((await imported(to, file)).body.data.counts).toMatchObject({ create: names.length });
    expect(await exported(to, [{ type: 'model' }])).toBe(file);
  });

  it.each<[string, object]>([
    ['model', { fields: [] }],
    ['pipeline', { nodes: [] }],
    ['dashboard', { panels: [] }],
  ])('are written in one way: a %s is, or it would be made a second time', async (type, content) => {
    const { api } = await newPlace(app);
    const { problems } = (await validate(api, fileOf(itemOf(type, 'Temp ~5', content)))).body.data;
    const message = 'Name must be written Temp ~05: ~ that belongs to it is ~0';
    expect(problems).toEqual([{ type, name: 'Temp ~5', field: 'name', message }]);
    const file = fileOf(itemOf(type, 'Temp ~05', content));
    expect((await imported(api, file)).body.data.counts).toMatchObject({ create: 1 });
    expect((await imported(api, file)).body.data.counts).toMatchObject({ unchanged: 1 });
  });

  it('lead a dashboard into the folder of its own name', async () => {
    const { api } = await newPlace(app);
    const items = ['ΟΔΟΣ/Board', 'οδος/Board'].map((name) => itemOf('dashboard', name, { panels: [] }));
    expect((await imported(api, fileOf(...items))).body.data.counts).toMatchObject({ create: 2 });
    expect(namesIn(await exported(api, [{ type: 'dashboard' }]))).toEqual(['ΟΔΟΣ/Board', 'οδος/Board']);
  });
});
