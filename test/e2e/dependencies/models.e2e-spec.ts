import { ALL_SCOPES, newId, type Member } from '#kernel';
import { ModelsService } from '#models';
import type { Portable, PortableContent } from '#platform/dependencies';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { computedGraph, keptGraph, memberOf, portableOf } from './kept-graph';

const TEXT = { name: 'id', type: 'string' };
const relation = (modelId: string, more: object = {}) => ({ name: 'sensor', type: 'object', modelId, ...more });

describe('models in the graph', () => {
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
  const kept = () => keptGraph(app, organizationId, ['model']);
  const trail = async () => (await api.get('/audit?limit=1')).body.data[0].id as string;

  it('are there by whatever way they come and change', async () => {
    const sensor = await create([TEXT]);
    const list = { name: 'list', type: 'array', items: { type: 'object', fields: [relation(sensor.id)] } };
    const line = await create([relation(sensor.id), list]);
    const node = `model:${line.id} ${line.name}`;
    expect((await kept())[node]).toEqual([
      `uses model:${sensor.id} at fields[0].modelId, fields[1].items.fields[0].modelId`,
    ]);
    await api.put(`/engine/models/${line.id}`, { name: 'Renamed', fields: [TEXT] });
    expect((await kept())[`model:${line.id} Renamed`]).toEqual([]);
    await api.post(`/engine/models/${line.id}/versions/1/revert`);
    expect((await kept())[node]).toHaveLength(1);
    await api.post('/engine/models/import', { name: 'Imported', schema: { type: 'object', properties: {} } });
    await api.delete(`/engine/models/${(await create([])).id}`);
    expect(await kept()).toEqual(await computedGraph(app, organizationId, ['model']));
    expect(Object.keys(await kept())).toHaveLength(3);
  });

  it('are not removed while others name them', async () => {
    const sensor = await create([TEXT]);
    const line = await create([relation(sensor.id)]);
    const dependents = [{ type: 'model', id: line.id, name: line.name, via: ['fields[0].modelId'] }];
    const last = await trail();
    expect(await api.delete(`/engine/models/${sensor.id}?dryRun=true`)).toMatchObject({
      status: 200,
      body: { data: { dependents } },
    });
    expect(await api.delete(`/engine/models/${sensor.id}?dryRun=true&force=true`)).toMatchObject({ status: 200 });
    expect((await api.get(`/engine/models/${sensor.id}`)).status).toBe(200);
    expect(await trail()).toBe(last);
    expect(await api.delete(`/engine/models/${sensor.id}`)).toMatchObject({
      status: 409,
      body: { error: 'conflict', message: expect.stringContaining(`model ${line.name}`), details: { dependents } },
    });
    expect((await api.delete(`/engine/models/${line.id}?dryRun=true`)).body.data).toEqual({ dependents: [] });
    expect((await api.delete(`/engine/models/${newId()}?force=true`)).status).toBe(404);
  });

  it('say that they cannot be used when one that they name was removed by force', async () => {
    const other = await create([TEXT]);
    const sensor = await create([TEXT]);
    const line = await create([relation(sensor.id), { ...relation(other.id), name: 'other' }]);
    const plant = await create([{ name: 'line', type: 'object', modelId: line.id }]);
    const models = app.nest.get(ModelsService, { strict: false });
    expect((await models.validator(organizationId, plant.id)).problems({})).toEqual([]);
    const topic = (await api.post('/uns/topics', { topic: 'mHv1.0/models/plant' })).body.data;
    const schema = { mode: 'strict', modelId: plant.id };
    expect((await api.put(`/uns/topics/${topic.id}/schema`, schema)).status).toBe(200);

    const forced = await api.delete(`/engine/models/${sensor.id}?force=true`);
    expect(forced).toMatchObject({ status: 200, body: { data: { dependents: [{ id: line.id }] } } });
    expect((await api.get(`/engine/models/${sensor.id}`)).status).toBe(404);
    const gone = `Model ${plant.name} names model ${sensor.id}, which is gone`;
    for (const answer of [
      await api.get(`/engine/models/${plant.id}/json-schema`),
      await api.post(`/engine/models/${plant.id}/validate`, { value: {} }),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { message: gone } });
    }
    await eventually(async () => {
      await expect(models.validator(organizationId, plant.id)).rejects.toThrow(gone);
      return true;
    });
    const validate = { id: 'check', name: 'Check', type: 'model.validate', parameters: { modelId: plant.id } };
    const pipeline = (await api.post('/engine/pipelines', { name: 'Checks', nodes: [validate] })).body.data;
    const validated = await api.post(`/engine/pipelines/${pipeline.id}/validate`);
    expect(validated.status).toBe(200);
    expect(validated.text).toContain(gone);
    // Topics keep to the copy that they have.
    const publish = (value: object) => api.post('/uns/data/publish', { topic: topic.topic, value });
    expect((await publish({ line: { sensor: { id: 5 } } })).status).toBe(400);
    expect((await publish({ line: { sensor: { id: 'a' } } })).status).toBeLessThan(300);
    expect(await api.put(`/uns/topics/${topic.id}/schema`, schema)).toMatchObject({
      status: 409,
      body: { message: gone },
    });
    // What is kept of it can still be read, not written again; others that are named can change.
    expect((await api.get(`/engine/models/${line.id}`)).body.data.fields[0].modelId).toBe(sensor.id);
    const again = { name: line.name, fields: [relation(sensor.id)] };
    expect(await api.put(`/engine/models/${line.id}`, again)).toMatchObject({
      status: 400,
      body: { message: `Model ${sensor.id} not found` },
    });
    expect((await api.put(`/engine/models/${other.id}`, { name: other.name, fields: [] })).status).toBe(200);
    expect((await api.put(`/engine/models/${line.id}`, { name: line.name, fields: [] })).status).toBe(200);
    expect((await api.get(`/engine/models/${plant.id}/json-schema`)).status).toBe(200);
  });

  it('leave nothing of a model for a name that comes in while it goes', async () => {
    const sensor = await create([TEXT]);
    const [removed, made] = await Promise.all([
      api.delete(`/engine/models/${sensor.id}`),
      api.post('/engine/models', { name: 'At the same time', fields: [relation(sensor.id)] }),
    ]);
    expect([
      [204, 400],
      [409, 201],
    ]).toContainEqual([removed.status, made.status]);
  });

  describe('leaving and entering', () => {
    let portable: Portable;
    let member: Member;

    beforeAll(() => {
      portable = portableOf(app, 'model');
      member = memberOf(organizationId);
    });

    const within = <T>(work: () => Promise<T>) => app.database.inOrganization(organizationId, work);
    const read = async (id: string) => (await portable.read(organizationId, [id, newId(), 'none']))[0]!;

    it('are the same', async () => {
      const sensor = await create([TEXT]);
      const line = await create([relation(sensor.id)]);
      const { content, name, version, secrets } = await read(line.id);
      expect([name, version, secrets.size]).toEqual([line.name, 1, 0]);
      expect(content).toEqual({ description: null, fields: [relation(sensor.id)] });
      expect((await portable.names(organizationId)).get(line.name)).toBe(line.id);
      const outside = portable.mapReferences(content, (type, text) => `mhub://${type}/${text}`);
      expect(outside).toEqual({ description: null, fields: [relation(`mhub://model/${sensor.id}`)] });
      expect(portable.check(line.name, outside)).toEqual({ content: outside, secrets: [], problems: [] });

      const id = newId();
      await within(() => portable.create(member, { id, name: 'Entered', content }));
      expect((await read(id)).content).toEqual(content);
      await within(() =>
        portable.update(member, { id, version: 1, name: 'ENTERED', content: { description: 'New', fields: [] } }),
      );
      expect(await read(id)).toMatchObject({
        name: 'ENTERED',
        version: 2,
        content: { description: 'New', fields: [] },
      });
      expect((await api.get(`/engine/models/${id}/versions`)).body.meta.total).toBe(2);
      expect((await api.get('/audit?limit=1')).body.data[0]).toMatchObject({ action: 'model.update' });
      expect(await kept()).toEqual(await computedGraph(app, organizationId, ['model']));
      await within(() => portable.delete(member, id));
      expect(await read(id)).toBeUndefined();
    });

    it.each<[string, string, (id: string, taken: string) => Promise<void>]>([
      ['precondition_failed', 'It has been changed meanwhile', (id) => change(id, 7, { fields: [] })],
      ['conflict', 'Name is taken', (_, name) => enter(name, { fields: [] })],
      ['bad_request', 'Models must not name one another', (id) => change(id, 1, { fields: [relation(id)] })],
      ['bad_request', 'not found', () => enter('Names nothing', { fields: [relation(newId())] })],
      ['not_found', 'Model not found', () => within(() => portable.delete(member, newId()))],
    ])('are refused as anywhere: %s, %s', async (kind, message, work) => {
      const { id, name } = await create([]);
      await expect(work(id, name)).rejects.toMatchObject({ kind, message: expect.stringContaining(message) });
    });

    const enter = (name: string, content: object) =>
      within(() => portable.create(member, { id: newId(), name, content: content as PortableContent }));
    const change = (id: string, version: number, content: object) =>
      within(() => portable.update(member, { id, version, name: 'Changed', content: content as PortableContent }));
  });
});
