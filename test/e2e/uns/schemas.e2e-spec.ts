import { newId, type JsonValue } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

const SCOPES = ['uns:read', 'uns:write', 'uns:publish', 'models:write'];

const ROOT = 'mHv1.0';

/** Schemas of topics and bindings: which one holds, and what becomes of values. */
describe('schemas of topics', () => {
  let app: TestApp;
  /** Another process on the same database. */
  let other: TestApp;
  let token: string;
  let api: ApiClient;
  let otherApi: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    other = await createTestApp({ databaseUrl: app.config.database.url });
    token = await app.newToken(SCOPES);
    api = app.api(token);
    otherApi = other.api(token, app.organizationId);
  });

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const newTopic = async (topic = `${ROOT}/schemas/${newId()}`): Promise<{ id: string; topic: string }> =>
    (await api.post('/uns/topics', { topic })).body.data;

  const publish = (topic: string, value: JsonValue, by = api): Promise<Answer> =>
    by.post('/uns/data/publish', { topic, value });

  const stored = async (topic: string): Promise<{ value: JsonValue; quality: string; reason?: string }[]> =>
    (await api.get(`/uns/data/recent?${new URLSearchParams({ topic })}`)).body.data;

  const put = (id: string, schema: object, fields = {}): Promise<Answer> =>
    api.put(`/uns/topics/${id}/schema`, schema, fields);

  const bind = async (filter: string, rules: object, name = newId()): Promise<string> => {
    const { status, body } = await api.post('/uns/schema-bindings', { name, filter, mode: 'strict', ...rules });
    expect([status, body.message]).toEqual([201, undefined]);
    return body.data.id as string;
  };

  it('are none at first, then its own, and counted', async () => {
    const { id } = await newTopic();
    const path = `/uns/topics/${id}/schema`;
    const none = await api.get(path);
    expect(none.body.data).toMatchObject({ source: 'none', mode: 'off', schema: null, version: 0, versionInForce: 0 });
    const schema = { type: 'number', title: 'Temperature' };
    const first = await put(id, { mode: 'strict', schema, min: -40, unit: '°C' });
    expect(first.body.data).toEqual({
      ...{
        source: 'topic',
        mode: 'strict',
        schema,
        modelId: null,
        modelVersion: null,
        unit: '°C',
        min: -40,
        max: null,
      },
      ...{ bindingId: null, bindingName: null, version: 1, versionInForce: 1 },
    });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"1"']);
    expect((await put(id, { mode: 'off', max: 1 }, { 'If-Match': '"2"' })).status).toBe(412);
    expect((await put(id, { mode: 'off', max: 1 }, { 'If-Match': '"1"' })).body.data.version).toBe(2);
    expect((await api.get(path)).body.data).toMatchObject({ mode: 'off', schema: null, unit: null, max: 1 });
    expect((await api.delete(path)).status).toBe(204);
    expect((await api.delete(path)).status).toBe(404);
    expect((await api.get(path)).body.data.source).toBe('none');
  });

  it.each<[object, string]>([
    [{ mode: 'strict' }, 'Schema, modelId, unit, min or max is required'],
    [{ mode: 'perhaps', min: 1 }, 'Mode must be one of the following values: strict, lenient, off'],
    [{ mode: 'strict', min: 2, max: 1 }, 'Min must not be above max'],
    [{ mode: 'strict', schema: {}, modelId: newId() }, 'ModelId cannot be given beside a schema'],
    [{ mode: 'strict', min: 1, modelVersion: 1 }, 'ModelVersion needs a modelId'],
    [{ mode: 'strict', schema: { type: 'nothing' } }, 'Schema is no JSON Schema (draft 2020-12)'],
    [{ mode: 'strict', schema: { properties: { a: { $ref: '#' } } } }, 'Schema must not go round'],
    [{ mode: 'strict', schema: { title: '\0' } }, 'Schema contains the NUL character'],
    [{ mode: 'strict', min: 1, strict: true }, 'Strict is not a known field'],
  ])('are refused: %j', async (input, message) => {
    const { id } = await newTopic();
    const answer = await put(id, input);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('refuse values by the mode strict, and say why', async () => {
    const { id, topic } = await newTopic();
    await put(id, { mode: 'strict', schema: { type: 'number' }, max: 100 });
    expect((await publish(topic, 99)).status).toBe(200);
    const wrong = await publish(topic, 'n/a');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toEqual({
      error: 'bad_request',
      message: 'Value is refused by the schema: must be number',
      details: [
        {
          field: 'value',
          message: 'Value is refused by the schema: must be number',
          id: expect.stringMatching(/^[\da-f-]{36}$/),
          reason: 'wrong_type',
        },
      ],
    });
    const high = await publish(topic, 101);
    expect(high.body.details[0]).toMatchObject({ reason: 'out_of_range' });
    expect((await publish(topic, null)).status).toBe(400);
    expect(await stored(topic)).toMatchObject([{ value: 99, quality: 'good' }]);
  });

  it('lower the quality by the mode lenient, and do nothing by off', async () => {
    const { id, topic } = await newTopic();
    await put(id, { mode: 'lenient', max: 100 });
    for (const value of [1, 101]) expect((await publish(topic, value)).status).toBe(200);
    await api.post('/uns/data/publish', { topic, value: 102, quality: 'bad' });
    await put(id, { mode: 'off', max: 100 });
    expect((await publish(topic, 103)).status).toBe(200);
    expect(await stored(topic)).toMatchObject([
      { value: 103, quality: 'good' },
      { value: 102, quality: 'bad', reason: 'out_of_range: must be at most 100' },
      { value: 101, quality: 'uncertain', reason: 'out_of_range: must be at most 100' },
      { value: 1, quality: 'good' },
    ]);
    const range = await api.get(`/uns/data/range?${new URLSearchParams({ topic })}`);
    expect(range.body.data.filter(({ reason }: { reason?: string }) => reason !== undefined)).toHaveLength(2);
  });

  it('tell what would become of a value, and store nothing', async () => {
    const { id, topic } = await newTopic();
    const ask = async (value: JsonValue) => (await api.post(`/uns/topics/${id}/schema/validate`, { value })).body.data;
    expect(await ask('x')).toEqual({ outcome: 'accepted', reason: null, message: null });
    await put(id, { mode: 'strict', schema: { type: 'object', required: ['rpm'] } });
    expect(await ask({ rpm: 1 })).toMatchObject({ outcome: 'accepted' });
    expect(await ask({})).toEqual({ outcome: 'refused', reason: 'schema_mismatch', message: 'rpm is required' });
    await put(id, { mode: 'lenient', min: 0 });
    expect(await ask(-1)).toEqual({ outcome: 'lowered', reason: 'out_of_range', message: 'must be at least 0' });
    expect(await stored(topic)).toEqual([]);
    expect((await api.get(`/uns/quarantine?${new URLSearchParams({ topic })}`)).body.data).toEqual([]);
  });

  it('hold to one version of a model', async () => {
    const { id, topic } = await newTopic();
    const fields = [{ name: 'rpm', type: 'number', required: true }];
    const model = (await api.post('/engine/models', { name: newId(), fields })).body.data;
    const first = await put(id, { mode: 'strict', modelId: model.id });
    expect(first.body.data).toMatchObject({ modelId: model.id, modelVersion: 1, schema: null });
    expect((await publish(topic, { rpm: 'fast' })).body.message).toContain('rpm must be number');
    await api.put(`/engine/models/${model.id}`, { name: model.name, fields: [{ ...fields[0], type: 'string' }] });
    expect((await publish(topic, { rpm: 'fast' })).status).toBe(400);
    expect((await put(id, { mode: 'strict', modelId: model.id })).body.data.modelVersion).toBe(2);
    expect((await publish(topic, { rpm: 'fast' })).status).toBe(200);
    await put(id, { mode: 'strict', modelId: model.id, modelVersion: 1 });
    expect((await publish(topic, { rpm: 'fast' })).status).toBe(400);
    expect((await put(id, { mode: 'strict', modelId: newId() })).status).toBe(404);
    expect((await put(id, { mode: 'strict', modelId: model.id, modelVersion: 9 })).status).toBe(404);
  });

  describe('by bindings', () => {
    it('hold for all topics of the filter, and those to come; a topic’s own comes first', async () => {
      const branch = `${ROOT}/bound/${newId()}`;
      const id = await bind(`${branch}/+/speed`, { min: 0 }, 'Speeds');
      expect((await publish(`${branch}/a/speed`, -1)).status).toBe(400);
      expect((await publish(`${branch}/a/other`, -1)).status).toBe(200);
      const topic = await newTopic(`${branch}/b/speed`);
      const path = `/uns/topics/${topic.id}/schema`;
      expect((await api.get(path)).body.data).toMatchObject({
        ...{ source: 'binding', bindingId: id, bindingName: 'Speeds', min: 0, version: 0, versionInForce: 1 },
      });
      await put(topic.id, { mode: 'strict', max: 0 });
      expect([await publish(topic.topic, -1), await publish(topic.topic, 1)].map(({ status }) => status)).toEqual([
        200, 400,
      ]);
      await api.delete(path);
      expect((await publish(topic.topic, -1)).status).toBe(400);
      expect((await api.delete(`/uns/schema-bindings/${id}`)).status).toBe(204);
      expect((await publish(topic.topic, -1)).status).toBe(200);
    });

    it('hold by the most specific filter, then by the name', async () => {
      const branch = `${ROOT}/specific/${newId()}`;
      const { id, topic } = await newTopic(`${branch}/a/b`);
      const inForce = async () => (await api.get(`/uns/topics/${id}/schema`)).body.data.unit as string | null;
      for (const filter of [`${branch}/#`, `${branch}/+/b`, `${branch}/a/+`, topic]) {
        const unit = filter.slice(branch.length);
        await bind(filter, { unit }, `b ${newId()}`);
        expect(await inForce()).toBe(unit);
      }
      await bind(topic, { unit: 'by name' }, `a ${newId()}`);
      expect(await inForce()).toBe('by name');
      // One that is off takes the rule away.
      await bind(topic, { unit: 'off', mode: 'off' }, `0 ${newId()}`);
      expect(await inForce()).toBe('off');
    });

    it('are listed, changed and guarded by their version', async () => {
      const filter = `${ROOT}/listed/${newId()}/#`;
      const name = newId();
      const id = await bind(filter, { max: 5, unit: 'm' }, name);
      const list = await api.get(`/uns/schema-bindings?search=${name.toUpperCase()}&sort=-filter`);
      expect(list.body).toMatchObject({ data: [{ id, name, filter, max: 5, version: 1 }], meta: { total: 1 } });
      const path = `/uns/schema-bindings/${id}`;
      const changed = await api.patch(path, { max: null, min: 1 }, { 'If-Match': '"1"' });
      expect(changed.body.data).toMatchObject({ min: 1, max: null, unit: 'm', version: 2 });
      expect((await api.patch(path, { max: 1 }, { 'If-Match': '"1"' })).status).toBe(412);
      expect((await api.patch(path, { min: null, unit: null })).body.message).toContain('is required');
      expect((await api.post('/uns/schema-bindings', { name, filter, mode: 'strict', min: 1 })).status).toBe(409);
      expect((await api.get(path)).body.data.version).toBe(2);
    });

    it.each([
      ['#', 'Filter must start with mHv1.0/'],
      ['mHv1.0', 'Filter must start with mHv1.0/'],
      ['mHv1.0/a#', 'Filter may use +'],
      ['mHv1.0//a', 'Filter must not contain empty levels'],
      ['mHv1.0/\0', 'Filter contains the NUL character'],
    ])('are refused with the filter %j', async (filter, message) => {
      const answer = await api.post('/uns/schema-bindings', { name: newId(), filter, mode: 'strict', min: 1 });
      expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(message)]);
    });
  });

  it('hold in every process from the answer on', async () => {
    const { id, topic } = await newTopic();
    for (let round = 0; round < 10; round++) {
      expect((await publish(topic, -1, otherApi)).status).toBe(200);
      await put(id, { mode: 'strict', min: 0 });
      expect((await publish(topic, -1, otherApi)).status).toBe(400);
      await api.delete(`/uns/topics/${id}/schema`);
    }
  });

  it('are changed by those alone whose branches cover them', async () => {
    const branch = `${ROOT}/rights/${newId()}`;
    const [inside, outside] = [await newTopic(`${branch}/a`), await newTopic()];
    const narrow = app.api(await app.newToken([`uns:write:${branch}/#`, `uns:read:${branch}/#`]));
    const rules = { mode: 'strict', min: 0 };
    const statuses = async (calls: Promise<Answer>[]) => (await Promise.all(calls)).map(({ status }) => status);
    expect(
      await statuses([
        narrow.put(`/uns/topics/${inside.id}/schema`, rules),
        narrow.put(`/uns/topics/${outside.id}/schema`, rules),
        narrow.get(`/uns/topics/${outside.id}/schema`),
        narrow.post(`/uns/topics/${outside.id}/schema/validate`, { value: 1 }),
        narrow.post('/uns/schema-bindings', { ...rules, name: newId(), filter: `${branch}/+` }),
        narrow.post('/uns/schema-bindings', { ...rules, name: newId(), filter: `${ROOT}/rights/+/a` }),
      ]),
    ).toEqual([200, 403, 403, 403, 201, 403]);
    const foreign = await bind(`${ROOT}/elsewhere/${newId()}`, { min: 1 });
    expect(
      await statuses([
        narrow.get(`/uns/schema-bindings/${foreign}`),
        narrow.patch(`/uns/schema-bindings/${foreign}`, { filter: `${branch}/b` }),
        narrow.delete(`/uns/schema-bindings/${foreign}`),
      ]),
    ).toEqual([403, 403, 403]);
    const { body } = await narrow.get('/uns/schema-bindings?limit=200');
    expect(body.data.map(({ filter }: { filter: string }) => filter)).toEqual([`${branch}/+`]);
  });

  it('of a batch store none or set the refused ones aside', async () => {
    const { id, topic } = await newTopic();
    await put(id, { mode: 'strict', min: 0 });
    const records = [1, -1, 2, 'x'].map((value) => ({ topic, value }));
    const refused = await api.post('/uns/data/publish/batch', { records });
    expect(refused.status).toBe(400);
    expect(refused.body.details).toMatchObject([
      { field: 'records[1].value', reason: 'out_of_range' },
      { field: 'records[3].value', reason: 'wrong_type' },
    ]);
    expect(await stored(topic)).toEqual([]);
    const aside = await api.post('/uns/data/publish/batch?onRefused=setAside', { records });
    expect(aside.body.data).toEqual({
      message: 'Data published successfully',
      count: 2,
      refusedCount: 2,
      refused: [
        { index: 1, topic, id: expect.any(String), reason: 'out_of_range', message: expect.any(String) },
        { index: 3, topic, id: expect.any(String), reason: 'wrong_type', message: expect.any(String) },
      ],
    });
    expect((await stored(topic)).map(({ value }) => value)).toEqual([2, 1]);
    expect((await api.post('/uns/data/publish/batch?onRefused=x', { records })).status).toBe(400);
  });
});
