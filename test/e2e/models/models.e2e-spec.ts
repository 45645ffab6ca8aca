import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const READING = {
  name: 'Reading',
  description: 'What a sensor says',
  fields: [
    { name: 'temperature', type: 'number', unit: '°C', required: true, min: -40, max: 125 },
    { name: 'sensor', type: 'object', fields: [{ name: 'id', type: 'uuid', required: true }] },
  ],
};

describe('models', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const create = async (name: string, change: object = {}) => {
    const answer = await api.post('/engine/models', { ...READING, name, ...change });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data;
  };

  it('are made, read, replaced and removed', async () => {
    const made = await api.post('/engine/models', READING);
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/engine/models/${id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body.data).toMatchObject({ ...READING, version: 1 });
    const replaced = await api.put(`/engine/models/${id}`, { name: 'Reading', fields: [] }, { 'If-Match': '"1"' });
    expect(replaced.body.data).toMatchObject({ name: 'Reading', description: null, fields: [], version: 2 });
    expect(await api.get(`/engine/models/${id}`)).toMatchObject({ status: 200, body: replaced.body });
    expect((await api.put(`/engine/models/${id}`, READING, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await api.delete(`/engine/models/${id}`)).status).toBe(204);
    expect(await api.get(`/engine/models/${id}`)).toMatchObject({ status: 404, body: { message: 'Model not found' } });
    expect((await api.delete(`/engine/models/${id}`)).status).toBe(404);
  });

  it('have names that are unique whatever their case', async () => {
    const { id } = await create('Pressure');
    expect((await api.get('/engine/models/name-available?name=PRESSURE')).body.data).toEqual({ available: false });
    expect((await api.get('/engine/models/name-available?name=Flow')).body.data).toEqual({ available: true });
    expect(await api.post('/engine/models', { ...READING, name: 'pressure' })).toMatchObject({
      status: 409,
      body: { error: 'conflict', message: 'Name is taken by another model' },
    });
    expect((await api.put(`/engine/models/${id}`, { ...READING, name: 'PRESSURE' })).status).toBe(200);
    const twice = await Promise.all([1, 2, 3].map(() => api.post('/engine/models', { ...READING, name: 'At once' })));
    expect(twice.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  it('are listed by pages, searched and sorted', async () => {
    await create('List B');
    await create('List A', { description: 'findable needle' });
    const found = await api.get('/engine/models?search=NEEDLE');
    expect(found.body.data.map(({ name }: { name: string }) => name)).toEqual(['List A']);
    const sorted = await api.get('/engine/models?search=list&sort=-name&limit=1&page=2');
    expect(sorted.body).toMatchObject({ data: [{ name: 'List A' }], meta: { page: 2, limit: 1, total: 2 } });
  });

  it('keep what they were, and become it again', async () => {
    const { id } = await create('History');
    const second = {
      ...READING,
      name: 'History',
      fields: [
        { ...READING.fields[0], max: 200 },
        { name: 'at', type: 'datetime' },
      ],
    };
    await api.put(`/engine/models/${id}`, second);
    const reverted = await api.post(`/engine/models/${id}/versions/1/revert`, undefined, { 'If-Match': '"2"' });
    expect(reverted.body.data).toMatchObject({ ...READING, name: 'History', version: 3 });
    const { data, meta } = (await api.get(`/engine/models/${id}/versions`)).body;
    expect(meta.total).toBe(3);
    expect(data).toMatchObject([
      { version: 3, current: true, changeType: 'reverted', summary: '2 fields added, 1 removed, 1 changed' },
      { version: 2, current: false, changeType: 'updated', summary: '1 field added, 2 removed, 1 changed' },
      { version: 1, current: false, changeType: 'created', summary: 'created' },
    ]);
    expect((await api.get(`/engine/models/${id}/versions/2`)).body.data).toMatchObject({ ...second, current: false });
    expect((await api.get(`/engine/models/${id}/versions/compare?from=1&to=2`)).body.data).toEqual({
      added: ['at'],
      removed: ['sensor', 'sensor.id'],
      changed: [expect.objectContaining({ field: 'temperature', to: expect.objectContaining({ max: 200 }) })],
    });
    for (const version of ['0', '4', 'x', '1.0', '99999999999']) {
      expect((await api.get(`/engine/models/${id}/versions/${version}`)).status).toBe(404);
      expect((await api.post(`/engine/models/${id}/versions/${version}/revert`)).status).toBe(404);
    }
  });

  it('say every problem of a value', async () => {
    const { id } = await create('Checked');
    const check = async (value: unknown) => (await api.post(`/engine/models/${id}/validate`, { value })).body.data;
    expect(await check({ temperature: 21, more: true })).toEqual({ valid: true, problems: [] });
    expect(await check({ temperature: 200, sensor: {} })).toEqual({
      valid: false,
      problems: [
        { field: 'temperature', message: 'temperature must be <= 125' },
        { field: 'sensor.id', message: 'sensor.id is required' },
      ],
    });
    expect(await check(null)).toMatchObject({ valid: false });
  });

  it('are given as JSON Schema', async () => {
    const { id } = await create('Schema');
    const answer = await api.get(`/engine/models/${id}/json-schema`);
    expect(answer.body).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Schema',
      required: ['temperature'],
      properties: { temperature: { type: 'number', maximum: 125, 'x-unit': '°C' } },
    });
  });

  it.each([
    [{ name: 'A' }, 'Name must have at least two visible characters'],
    [{ name: undefined }, 'Name is required'],
    [{ fields: undefined }, 'Fields is required'],
    [{ fields: [{ name: 'a' }] }, 'Type is required'],
    [{ fields: [{ name: 'a', type: 'text' }] }, expect.stringContaining('Type must be one of')],
    [{ fields: [{ name: 'a', type: 'string', min: 1 }] }, 'min is not for type string'],
    [{ fields: [{ name: 'a', type: 'string', color: 'red' }] }, 'Color is not a known field'],
    [{ fields: [{ name: 'a', type: 'enum', enum: [true] }] }, expect.stringContaining('texts of at most')],
    [{ fields: [{ name: 'a', type: 'string', pattern: '(' }] }, expect.stringContaining('pattern cannot be used')],
    [{ fields: [{ name: 'a', type: 'object', fields: [{ name: 'b' }] }] }, 'Type is required'],
    [
      { fields: [{ name: 'a', type: 'array', items: { type: 'array', items: { type: 'x' } } }] },
      expect.stringContaining('Type must be one of'),
    ],
    [{ fields: 'none' }, 'Fields must be an array'],
  ])('refuse %j', async (change, message) => {
    const before = (await api.get('/engine/models')).body.meta.total;
    const answer = await api.post('/engine/models', { ...READING, name: 'Refused', ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request', message } });
    expect((await api.get('/engine/models')).body.meta.total).toBe(before);
  });

  it('belong to their organization', async () => {
    const { id } = await create('Ours');
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get('/engine/models')).body.meta.total).toBe(0);
    for (const path of ['', '/json-schema', '/versions', '/versions/1', '/versions/compare?from=1&to=1']) {
      expect((await other.get(`/engine/models/${id}${path}`)).status).toBe(404);
    }
    expect((await other.put(`/engine/models/${id}`, READING)).status).toBe(404);
    expect((await other.delete(`/engine/models/${id}`)).status).toBe(404);
    expect((await other.post('/engine/models', { ...READING, name: 'Ours' })).status).toBe(201);
    expect((await api.get(`/engine/models/${newId()}`)).status).toBe(404);
  });

  it('are changed by editors and read by viewers', async () => {
    const { id } = await create('Roles');
    const viewer = app.api(await app.newToken(ALL_SCOPES, await app.newUser('viewer')));
    const editor = app.api(await app.newToken(ALL_SCOPES, await app.newUser('editor')));
    expect((await viewer.get(`/engine/models/${id}`)).status).toBe(200);
    expect((await viewer.delete(`/engine/models/${id}`)).status).toBe(403);
    expect((await editor.delete(`/engine/models/${id}`)).status).toBe(204);
  });
});
