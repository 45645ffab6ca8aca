import { ALL_SCOPES, newId } from '#kernel';
import { ModelsService } from '#models';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';

const SENSOR = [
  { name: 'id', type: 'string', required: true },
  { name: 'unit', type: 'string', default: 'mm' },
  { name: 'key', type: 'string', sensitive: true },
];

describe('models that name others', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => {
    app = await createTestApp();
    organizationId = await app.newOrganization();
    api = app.api(await app.newToken(ALL_SCOPES), organizationId);
  });

  afterAll(() => app.stop());

  let count = 0;
  const create = async (fields: object[]) => {
    const answer = await api.post('/engine/models', { name: `Model ${++count}`, fields });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data as { id: string; name: string };
  };
  const replace = (id: string, name: string, fields: object[]) => api.put(`/engine/models/${id}`, { name, fields });
  const relation = (modelId: string, more: object = {}) => ({ name: 'sensor', type: 'object', modelId, ...more });

  it('have the fields of these', async () => {
    const sensor = await create(SENSOR);
    const list = { name: 'list', type: 'array', items: { type: 'object', modelId: sensor.id } };
    const line = await create([relation(sensor.id, { required: true }), list]);
    expect((await api.get(`/engine/models/${line.id}`)).body.data.fields).toEqual([
      relation(sensor.id, { required: true }),
      list,
    ]);
    const schema = (await api.get(`/engine/models/${line.id}/json-schema`)).body;
    expect(schema.properties.sensor).toMatchObject({ required: ['id'], properties: { unit: { default: 'mm' } } });
    const check = await api.post(`/engine/models/${line.id}/validate`, { value: { sensor: {}, list: [{ id: 1 }] } });
    expect(check.body.data.problems.map(({ field }: { field: string }) => field).toSorted()).toEqual([
      'list[0].id',
      'sensor.id',
    ]);
  });

  it('are followed by their validators when these change, also through others', async () => {
    const models = app.nest.get(ModelsService, { strict: false });
    const sensor = await create(SENSOR);
    const line = await create([relation(sensor.id)]);
    const plant = await create([{ name: 'line', type: 'object', modelId: line.id }]);
    const value = { line: { sensor: { id: 'a' } } };
    const before = await models.validator(organizationId, plant.id);
    expect(before.problems(value)).toEqual([]);
    expect(before.withDefaults(value)).toEqual({ line: { sensor: { id: 'a', unit: 'mm' } } });
    expect(before.sensitive).toEqual([['line', 'sensor', 'key']]);
    await replace(sensor.id, sensor.name, [{ name: 'id', type: 'integer' }]);
    await eventually(async () => {
      const after = await models.validator(organizationId, plant.id);
      expect(after.problems(value)).toMatchObject([{ field: 'line.sensor.id' }]);
      return true;
    });
    expect((await api.get(`/engine/models/${plant.id}`)).body.data.version).toBe(1);
  });

  it('keep these from being removed', async () => {
    const sensor = await create(SENSOR);
    const line = await create([relation(sensor.id)]);
    expect(await api.delete(`/engine/models/${sensor.id}`)).toMatchObject({
      status: 409,
      body: {
        error: 'conflict',
        details: { dependents: [{ type: 'model', id: line.id, name: line.name, via: ['fields[0].modelId'] }] },
      },
    });
    await replace(line.id, line.name, []);
    expect((await api.delete(`/engine/models/${sensor.id}`)).status).toBe(204);
    // What it was named a model that is gone.
    expect(await api.post(`/engine/models/${line.id}/versions/1/revert`)).toMatchObject({
      status: 400,
      body: { message: `Model ${sensor.id} not found` },
    });
    expect((await api.get(`/engine/models/${line.id}/versions/1`)).body.data.fields).toEqual([relation(sensor.id)]);
    expect((await api.delete(`/engine/models/${line.id}`)).status).toBe(204);
  });

  it('must not name one another', async () => {
    const a = await create([]);
    const b = await create([relation(a.id)]);
    const c = await create([relation(b.id)]);
    expect(await replace(a.id, a.name, [relation(c.id)])).toMatchObject({
      status: 400,
      body: { message: `Models must not name one another: ${a.name} → ${c.name} → ${b.name} → ${a.name}` },
    });
    expect((await api.get(`/engine/models/${a.id}`)).body.data).toMatchObject({ version: 1, fields: [] });
    expect((await api.delete(`/engine/models/${c.id}`)).status).toBe(204);
    const both = await Promise.all([replace(a.id, a.name, [relation(b.id)]), replace(b.id, b.name, [relation(a.id)])]);
    expect(both.map(({ status }) => status)).toEqual([400, 200]);
  });

  it('stay sound when these change', async () => {
    const sensor = await create(SENSOR);
    const line = await create([relation(sensor.id, { default: { id: 'a' } })]);
    const changed = await replace(sensor.id, sensor.name, [{ name: 'id', type: 'integer' }]);
    expect(changed).toMatchObject({ status: 400, body: { message: expect.stringContaining(`Model ${line.name}`) } });
    const nested = (depth: number): object =>
      depth === 0 ? { name: 'n', type: 'string' } : { name: 'n', type: 'object', fields: [nested(depth - 1)] };
    const deep = await create([nested(6)]);
    expect(await create([{ name: 'deep', type: 'object', modelId: deep.id }])).toHaveProperty('id');
    expect((await replace(deep.id, deep.name, [nested(7)])).body.message).toContain('deeper than 8 levels');
  });

  it('name models of their organization alone', async () => {
    const sensor = await create(SENSOR);
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    for (const id of [sensor.id, newId()]) {
      const answer = await other.post('/engine/models', { name: 'Other', fields: [relation(id)] });
      expect(answer).toMatchObject({ status: 400, body: { message: `Model ${id} not found` } });
    }
  });

  it.each([
    [{ modelId: 'x' }, 'Model id must be the id of a model'],
    [{ modelId: newId(), fields: [] }, 'modelId and fields must not be given both'],
    [{ modelId: newId(), type: 'string' }, 'modelId is not for type string'],
  ])('refuse %j', async (change, message) => {
    const fields = [{ name: 'a', type: 'object', ...change }];
    expect(await api.post('/engine/models', { name: 'Refused', fields })).toMatchObject({
      status: 400,
      body: { message },
    });
  });
});

describe('models of JSON Schemas', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('are made, and give the same schema again', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Machine',
      type: 'object',
      properties: {
        id: { type: 'string', format: 'uuid' },
        speed: { type: 'number', minimum: 0, 'x-unit': 'rpm' },
        image: { type: 'string', contentEncoding: 'base64', 'x-max-bytes': 100 },
      },
      required: ['id'],
    };
    const made = await api.post('/engine/models/import', { name: 'Machine', description: 'One', schema });
    expect(made).toMatchObject({ status: 201, body: { data: { name: 'Machine', description: 'One', version: 1 } } });
    expect(made.headers.get('location')).toBe(`/api/v1/engine/models/${made.body.data.id}`);
    const again = (await api.get(`/engine/models/${made.body.data.id}/json-schema`)).body;
    expect(again).toMatchObject(schema);
    const twin = await api.post('/engine/models/import', { name: 'Twin', schema: again });
    expect(twin.body.data.fields).toEqual(made.body.data.fields);
  });

  it.each<[object | undefined, object]>([
    [undefined, { message: 'Schema is required' }],
    [{ type: 'string' }, { message: 'schema.type must be object' }],
    [
      { type: 'object', properties: { a: { type: 'null' }, b: { type: 'number', exclusiveMaximum: 1 } } },
      {
        details: [
          expect.objectContaining({ field: 'schema.properties.a.type' }),
          expect.objectContaining({ field: 'schema.properties.b.exclusiveMaximum' }),
        ],
      },
    ],
    [
      { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
      { message: expect.stringContaining('pattern cannot be used') },
    ],
    [
      { type: 'object', properties: { ['n'.repeat(101)]: { type: 'string' } } },
      { message: expect.stringContaining('Name') },
    ],
    [
      { type: 'object', properties: { a: { type: 'string', minLength: -1 } } },
      { message: expect.stringContaining('Min length') },
    ],
  ])('are refused for %j', async (schema, body) => {
    const answer = await api.post('/engine/models/import', { name: 'Refused', schema });
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request', ...body } });
    expect((await api.get('/engine/models?search=Refused')).body.meta.total).toBe(0);
  });
});
