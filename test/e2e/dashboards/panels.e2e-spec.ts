import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const GAUGE = {
  id: 'fill',
  title: 'Fill level',
  type: 'gauge',
  position: { x: 6, y: 2, w: 6, h: 6 },
  queries: [{ topic: 'mHv1.0/tank/fill', field: null, aggregate: null, bucket: null }],
  options: { unit: '%', min: 0, max: 100 },
};

describe('panels', () => {
  let app: TestApp;
  let api: ApiClient;
  let dashboard: string;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  beforeEach(async () => {
    const { body } = await api.post('/uns/dashboards', { name: newId(), panels: [GAUGE] });
    dashboard = `/uns/dashboards/${body.data.id}`;
  });

  it('are added, read, replaced, changed and removed, each a version of the dashboard', async () => {
    const added = await api.post(
      `${dashboard}/panels`,
      { type: 'text', options: { text: 'Hello' } },
      { 'If-Match': '"1"' },
    );
    expect(added.status).toBe(201);
    const { id } = added.body.data;
    expect(added.headers.get('location')).toBe(`/api/v1${dashboard}/panels/${id}`);
    expect(added.headers.get('etag')).toBe('"2"');
    expect(added.body.data).toMatchObject({
      title: '',
      position: { x: 0, y: 8, w: 12, h: 8 },
      queries: [],
      version: 2,
    });
    expect((await api.get(`${dashboard}/panels/${id}`)).body).toEqual(added.body);

    const changed = await api.patch(`${dashboard}/panels/fill`, { title: 'Tank' }, { 'If-Match': '"2"' });
    expect(changed.body.data).toEqual({ ...GAUGE, title: 'Tank', version: 3 });
    const replaced = await api.put(`${dashboard}/panels/fill`, { type: 'stat' });
    expect(replaced.body.data).toEqual({ ...GAUGE, title: '', type: 'stat', queries: [], options: {}, version: 4 });

    const { data, meta } = (await api.get(`${dashboard}/panels?limit=1&page=2`)).body;
    expect(meta).toEqual({ page: 2, limit: 1, total: 2 });
    expect(data).toMatchObject([{ id, type: 'text' }]);
    expect((await api.delete(`${dashboard}/panels/${id}`, { 'If-Match': '"3"' })).status).toBe(412);
    expect((await api.delete(`${dashboard}/panels/${id}`)).status).toBe(204);
    expect((await api.get(dashboard)).body.data).toMatchObject({ version: 5, panels: [{ id: 'fill' }] });
    expect(await api.get(`${dashboard}/panels/${id}`)).toMatchObject({
      status: 404,
      body: { message: 'Panel not found' },
    });
  });

  it.each<[object, string]>([
    [{ type: 'line', options: { columns: [] } }, 'Option columns is not known to panels of type line'],
    [{ type: 'text' }, expect.stringMatching(/^Option \w+ is not known to panels of type text$/) as never],
    [{ id: 'other' }, 'Id is not a known field'],
    [{ type: null }, 'Type is required'],
    [{ options: { min: 3, max: 2 } }, 'min must be less than max'],
    [{ queries: [{ topic: 'mHv1.0/${x}' }] }, 'Variable x is not defined'],
    [{ queries: [{ topic: 'mHv1.0/a', bucket: '1 week' }] }, 'Bucket must be a width such as 500ms, 10s, 1m, 1h or 1d'],
  ])('refuse the change %j', async (change, message) => {
    expect(await api.patch(`${dashboard}/panels/fill`, change)).toMatchObject({ status: 400, body: { message } });
    expect((await api.get(dashboard)).body.data.version).toBe(1);
  });

  it('keep the variables that they mention', async () => {
    const line = { name: 'line', values: ['line-1'] };
    await api.patch(dashboard, { variables: [line] });
    await api.post(`${dashboard}/panels`, { type: 'stat', queries: [{ topic: 'mHv1.0/${line}' }] });
    expect(await api.patch(dashboard, { variables: [] })).toMatchObject({
      status: 400,
      body: { message: 'Variable line is not defined' },
    });
  });

  it('are at most a hundred, and each id stands once', async () => {
    const panels = Array.from({ length: 100 }, (_, index) => ({ id: `p${index}`, type: 'text' }));
    await api.patch(dashboard, { panels });
    expect((await api.post(`${dashboard}/panels`, { type: 'text' })).body.message).toBe('Panels must be at most 100');
    await api.delete(`${dashboard}/panels/p7`);
    expect((await api.post(`${dashboard}/panels`, { id: 'p8', type: 'text' })).body.message).toBe(
      'Id p8 is given to two panels',
    );
    expect((await api.post(`${dashboard}/panels`, { id: 'p7', type: 'text' })).status).toBe(201);
  });

  it('cannot be changed by viewers', async () => {
    const viewer = app.api(
      await app.newToken(
        ALL_SCOPES.filter((scope) => scope.startsWith('dashboards')),
        await app.newUser('viewer'),
      ),
    );
    expect((await viewer.get(`${dashboard}/panels`)).status).toBe(200);
    expect((await viewer.post(`${dashboard}/panels`, { type: 'text' })).body.error).toBe('forbidden');
    expect((await viewer.delete(`${dashboard}/panels/fill`)).body.error).toBe('forbidden');
  });
});
