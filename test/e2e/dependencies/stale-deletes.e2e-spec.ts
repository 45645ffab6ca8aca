import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { newPlace } from './exchange';

describe('deleting what was changed meanwhile', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    ({ api } = await newPlace(app));
  });

  afterAll(() => app.stop());

  it.each<[string, object]>([
    ['/engine/models', { name: 'Speed', fields: [] }],
    ['/engine/pipelines', { name: 'Line', nodes: [] }],
    ['/connections', { name: 'MES', protocol: 'rest', enabled: false, config: { baseUrl: 'https://mes.example.com' } }],
    ['/uns/topics', { topic: 'mHv1.0/line-1/speed' }],
    ['/uns/schema-bindings', { name: 'Speeds', filter: 'mHv1.0/#', mode: 'lenient', min: 0 }],
    ['/uns/dashboards', { name: 'Line', panels: [] }],
    ['/uns/dashboards/folders', { name: 'Plant' }],
  ])('is refused below %s, whether it would only be told or done', async (path, body) => {
    const made = await api.post(path, body);
    expect(made).toMatchObject({ status: 201 });
    const one = `${path}/${made.body.data.id}`;
    const deleted = async (query: string, version: string) =>
      (await api.delete(one + query, { 'If-Match': version })).status;
    expect(await deleted('', '"7"')).toBe(412);
    expect((await api.get(one)).status).toBe(200);
    expect(await deleted('', made.headers.get('etag')!)).toBe(204);
  });

  it('is refused of a topic’s own schema', async () => {
    const { id } = (await api.post('/uns/topics', { topic: 'mHv1.0/line-2/speed' })).body.data;
    const schema = `/uns/topics/${id}/schema`;
    const put = () => api.put(schema, { mode: 'strict', min: 0 });
    const seen = (await put()).headers.get('etag')!;
    const now = (await put()).headers.get('etag')!;
    expect((await api.delete(schema, { 'If-Match': seen })).status).toBe(412);
    expect((await api.get(schema)).body.data).toMatchObject({ source: 'topic', min: 0 });
    expect((await api.delete(schema, { 'If-Match': now })).status).toBe(204);
    expect((await api.delete(schema, { 'If-Match': now })).status).toBe(404);
  });

  it('comes before those who depend on it', async () => {
    const { id } = (await api.post('/engine/models', { name: 'Used', fields: [] })).body.data;
    const fields = [{ name: 'used', type: 'object', modelId: id }];
    expect((await api.post('/engine/models', { name: 'User', fields })).status).toBe(201);
    for (const query of ['', '?dryRun=true', '?force=true']) {
      expect((await api.delete(`/engine/models/${id}${query}`, { 'If-Match': '"7"' })).status).toBe(412);
    }
  });
});
