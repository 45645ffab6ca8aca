import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';
import { rowDigest } from '../../architecture/calls/row-digest';
import { exported, fileOf, imported, itemOf, newPlace, validate } from './exchange';

const number = (name: string, more: object = {}) => ({ name, type: 'number', ...more });
const all = [{ type: 'model' }];
const OLD = { description: 'old', fields: [number('speed')] };

interface Model {
  id: string;
  name: string;
  fields: { name: string; modelId?: string }[];
  description: string | null;
  version: number;
}

describe('an import', () => {
  let app: TestApp;
  /** Where files come from, and where they go. */
  let from: ApiClient;
  let to: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  beforeEach(async () => {
    ({ api: from } = await newPlace(app));
    ({ api: to, organizationId } = await newPlace(app));
  });

  const put = async (api: ApiClient, name: string, fields: object[], description?: string): Promise<Model> => {
    const known = (await models(api))[name];
    const body = { name, fields, ...(description !== undefined && { description }) };
    const answer = known ? await api.put(`/engine/models/${known.id}`, body) : await api.post('/engine/models', body);
    expect(answer.status).toBe(known ? 200 : 201);
    return answer.body.data as Model;
  };

  const models = async (api: ApiClient): Promise<Record<string, Model>> => {
    const { body } = await api.get('/engine/models?limit=200');
    return Object.fromEntries((body.data as Model[]).map((model) => [model.name, model]));
  };

  const plan = async (file: string | object) => (await validate(to, file)).body.data;

  it('makes what is not here, with references among each other, and leaves as the same bytes', async () => {
    const sensor = await put(from, 'Sensor', [number('speed')]);
    await put(from, 'A line', [{ name: 'sensor', type: 'object', modelId: sensor.id }]);
    const file = await exported(from, all, { description: 'Both' });
    expect(await plan(file)).toMatchObject({
      description: 'Both',
      items: [
        { type: 'model', name: 'A line', action: 'create' },
        { type: 'model', name: 'Sensor', action: 'create' },
      ],
      counts: { create: 2, update: 0, unchanged: 0, conflict: 0 },
    });
    const done = await imported(to, file);
    expect(done).toMatchObject({ status: 200, body: { data: { status: 'applied', counts: { create: 2 } } } });
    const made = await models(to);
    expect(made['A line']!.fields[0]!.modelId).toBe(made['Sensor']!.id);
    expect(made['Sensor']!.id).not.toBe(sensor.id);
    expect(await exported(to, all, { description: 'Both' })).toBe(file);
    expect((await plan(file)).counts).toMatchObject({ unchanged: 2 });
  });

  it('brings later changes, and keeps those that were made here in other places', async () => {
    await put(from, 'Sensor', [number('speed')], 'old');
    await imported(to, await exported(from, all));
    await put(from, 'Sensor', [number('speed'), number('torque')], 'old');
    await put(to, 'Sensor', [number('speed')], 'ours');
    const file = await exported(from, all);
    expect((await plan(file)).items[0]).toMatchObject({
      action: 'update',
      changes: [{ field: 'fields', from: [number('speed')], to: [number('speed'), number('torque')] }],
      localChanges: [{ field: 'description', from: 'old', to: 'ours' }],
    });
    expect((await imported(to, file)).status).toBe(200);
    expect((await models(to))['Sensor']).toMatchObject({
      description: 'ours',
      fields: [{ name: 'speed' }, { name: 'torque' }],
    });
  });

  it('leaves alone what was changed here alone, also after it was exported here', async () => {
    await put(from, 'Sensor', [number('speed')], 'old');
    const file = await exported(from, all);
    await imported(to, file);
    await put(to, 'Sensor', [number('speed')], 'ours');
    expect((await plan(file)).items[0]).toMatchObject({
      action: 'unchanged',
      localChanges: [{ field: 'description' }],
    });
    await exported(to, all);
    await put(from, 'Sensor', [number('torque')], 'theirs');
    expect((await plan(await exported(from, all))).items[0]).toMatchObject({
      action: 'conflict',
      changes: [{ field: 'description', from: 'ours', to: 'theirs' }],
    });
  });

  describe('with a conflict', () => {
    let file: string;

    beforeEach(async () => {
      await put(to, 'Sensor', [number('speed')], 'ours');
      const sensor = await put(from, 'Sensor', [number('torque')], 'theirs');
      await put(from, 'Line', [{ name: 'sensor', type: 'object', modelId: sensor.id }]);
      file = await exported(from, all);
    });

    const resolved = (resolution: object) =>
      imported(to, file, { resolutions: [{ type: 'model', name: 'Sensor', ...resolution }] });

    it('asks what to do', async () => {
      const answer = await imported(to, file);
      expect(answer).toMatchObject({
        status: 409,
        body: { details: { unresolved: [{ type: 'model', name: 'Sensor' }] } },
      });
      expect(await models(to)).toMatchObject({ Sensor: { description: 'ours' } });
    });

    it('keeps what is here', async () => {
      expect((await resolved({ action: 'keep' })).status).toBe(200);
      const { Sensor, Line } = await models(to);
      expect([Sensor!.description, Line!.fields[0]!.modelId]).toEqual(['ours', Sensor!.id]);
      // That it was decided is remembered.
      expect((await plan(file)).counts).toMatchObject({ unchanged: 2 });
    });

    it('replaces it', async () => {
      expect((await resolved({ action: 'replace' })).status).toBe(200);
      expect((await models(to))['Sensor']).toMatchObject({ description: 'theirs', version: 2 });
    });

    it('makes it beside, where others follow', async () => {
      expect((await resolved({ action: 'rename', newName: 'Sensor 2' })).status).toBe(200);
      const made = await models(to);
      expect([made['Sensor']!.description, made['Sensor 2']!.description]).toEqual(['ours', 'theirs']);
      expect(made['Line']!.fields[0]!.modelId).toBe(made['Sensor 2']!.id);
    });

    it('does not make it under a name that is taken', async () => {
      expect(await resolved({ action: 'rename', newName: 'sensor' })).toMatchObject({ status: 409 });
      expect(await resolved({ action: 'rename', newName: 'LINE' })).toMatchObject({ status: 409 });
      expect(await resolved({ action: 'rename', newName: 'x' })).toMatchObject({
        status: 400,
        body: { message: 'model x: Name must have at least two visible characters' },
      });
      expect(Object.keys(await models(to))).toEqual(['Sensor']);
    });
  });

  it.each([
    [{ resolutions: null }, 'Resolutions is required'],
    [{ resolutions: [[]] }, /^Resolutions/],
    [{ secrets: null }, 'Secrets is required'],
    [{ resolutions: [{ type: 'model', name: 'A', action: 'rename', newName: null }] }, 'New name is required'],
  ])('is not executed by %j', async (decisions, message) => {
    await put(from, 'Sensor', [number('speed')]);
    const { planId } = await plan(await exported(from, all));
    const { status, body } = await to.post('/dependencies/import/execute', { planId, ...decisions });
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  });

  it('is executed once, and only while everything is as it was planned', async () => {
    await put(from, 'Sensor', [number('speed')]);
    const file = await exported(from, all);
    const { planId } = await plan(file);
    const { planId: second } = await plan(file);
    expect((await to.post('/dependencies/import/execute', { planId })).status).toBe(200);
    expect(await to.post('/dependencies/import/execute', { planId })).toMatchObject({
      status: 409,
      body: { message: 'The plan has been executed already' },
    });
    expect(await to.post('/dependencies/import/execute', { planId: second })).toMatchObject({
      status: 409,
      body: { details: { stale: [{ type: 'model', name: 'Sensor', message: 'was made' }] } },
    });
  });

  it('is stale also when what it refers to has changed', async () => {
    await put(to, 'Sensor', [number('speed')]);
    const content = { description: null, fields: [{ name: 's', type: 'object', modelId: 'mhub://model/Sensor' }] };
    const { planId } = await plan(fileOf(itemOf('model', 'Line', content)));
    await put(to, 'Sensor', [number('torque')]);
    expect(await to.post('/dependencies/import/execute', { planId })).toMatchObject({
      status: 409,
      body: { details: { stale: [{ type: 'model', name: 'Sensor', message: 'was changed' }] } },
    });
  });

  it('happens as a whole or not at all', async () => {
    const names = ['Line A', 'Line B', 'Line C'];
    for (const name of names) await put(to, name, [number('a')]);
    const lines = names.map((name, index) =>
      itemOf('model', name, {
        description: null,
        fields: [{ name: 'next', type: 'object', modelId: `mhub://model/Line%20${'BCA'.charAt(index)}` }],
      }),
    );
    const { planId } = await plan(fileOf(...lines));
    const digest = await rowDigest(app.database, organizationId);
    const resolutions = names.map((name) => ({ type: 'model', name, action: 'replace' }));
    // All are replaced before they are judged.
    const answer = await to.post('/dependencies/import/execute', { planId, resolutions });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        message: expect.stringMatching(/^Model Line A would not be sound: .*: Line A → Line B → Line C → Line A$/),
      },
    });
    expect(answer.body.details).toHaveLength(3);
    expect(await rowDigest(app.database, organizationId)).toBe(digest);
  });

  it('waits for another one, one after the other', async () => {
    await put(from, 'Line A', [number('a')]);
    const file = await exported(from, all);
    const plans = [(await plan(file)).planId, (await plan(file)).planId];
    const answers = await Promise.all(plans.map((planId) => to.post('/dependencies/import/execute', { planId })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  describe('of what was changed here, too', () => {
    const sensor = (place: ApiClient, description: string) => put(place, 'Sensor', [number('speed')], description);
    const backup = (place: ApiClient): Promise<string> => exported(place, all);
    const conflict = [{ type: 'model', name: 'Sensor', action: 'conflict' }];

    it('does not take an export of its own for what both had before', async () => {
      await sensor(from, 'theirs');
      await sensor(to, 'ours');
      await backup(to);
      expect((await plan(await exported(from, all))).items).toMatchObject(conflict);
    });

    it('knows what entered last, whatever has left since', async () => {
      await sensor(from, 'first');
      await imported(to, await exported(from, all));
      await sensor(to, 'ours');
      await backup(to);
      await sensor(from, 'second');
      // Which never arrives.
      await exported(from, all);
      await sensor(from, 'third');
      expect((await plan(await exported(from, all))).items).toMatchObject(conflict);
      await sensor(to, 'first');
      expect((await plan(await exported(from, all))).items).toMatchObject([{ action: 'update' }]);
    });

    it('is conflict or not as before, once an import is undone', async () => {
      await sensor(to, 'ours');
      await backup(to);
      const { body } = await imported(to, fileOf(itemOf('model', 'Sensor', { ...OLD, description: 'ours' })));
      expect((await to.post(`/dependencies/import/${body.data.id}/undo`)).status).toBe(200);
      const theirs = itemOf('model', 'Sensor', { ...OLD, description: 'theirs' });
      expect((await plan(JSON.stringify(fileOf(theirs)))).items).toMatchObject(conflict);
    });

    it('goes by what was exchanged last where it was written by hand', async () => {
      await sensor(to, 'ours');
      await backup(to);
      const byHand = { type: 'model', name: 'Sensor', content: { ...OLD, description: 'by hand' } };
      expect((await plan(JSON.stringify(fileOf(byHand)))).items).toMatchObject([{ action: 'update' }]);
    });
  });

  it('is done once, and answered the same, however often its caller asks with the same key', async () => {
    await put(from, 'Line A', [number('a')]);
    const { planId } = await plan(await exported(from, all));
    const key = (name: string) => ({ 'Idempotency-Key': name });
    const twice = async (call: () => Promise<Answer>): Promise<void> => {
      const [first, again] = [await call(), await call()];
      expect(first.status).toBe(200);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    };
    await twice(() => to.post('/dependencies/import/execute', { planId }, key('do-it')));
    expect(Object.keys(await models(to))).toEqual(['Line A']);
    await twice(() => to.post(`/dependencies/import/${planId}/undo`, undefined, key('take-it-back')));
    expect(await models(to)).toEqual({});
  });

  describe('that is undone', () => {
    let file: string;
    let id: string;

    beforeEach(async () => {
      await put(from, 'Sensor', [number('speed')], 'old');
      await imported(to, await exported(from, all));
      const sensor = await put(from, 'Sensor', [number('speed')], 'new');
      await put(from, 'Line', [{ name: 'sensor', type: 'object', modelId: sensor.id }]);
      file = await exported(from, all);
      id = (await imported(to, file)).body.data.id as string;
    });

    const undo = (query = '') => to.post(`/dependencies/import/${id}/undo${query}`);

    it('leaves what was there before', async () => {
      expect(await undo()).toMatchObject({ status: 200, body: { data: { id, status: 'undone' } } });
      expect(Object.values(await models(to))).toMatchObject([{ name: 'Sensor', description: 'old', version: 3 }]);
      expect(await undo()).toMatchObject({ status: 409, body: { message: 'The import has been undone already' } });
      // The same file again would do the same again.
      expect((await plan(file)).counts).toMatchObject({ create: 1, update: 1 });
    });

    it('is not while something has changed since, but by force', async () => {
      await put(to, 'Sensor', [number('speed')], 'ours');
      expect(await undo()).toMatchObject({
        status: 409,
        body: { details: { changed: [{ type: 'model', name: 'Sensor', message: 'was changed' }] } },
      });
      expect((await undo('?force=true')).status).toBe(200);
      expect(await models(to)).toMatchObject({ Sensor: { description: 'old' } });
    });

    it('is after others that came later are undone, and not before', async () => {
      const later = await imported(to, fileOf(itemOf('model', 'Sensor', { ...OLD, description: 'later' })));
      expect(later).toMatchObject({ status: 200, body: { data: { counts: { update: 1 } } } });
      expect((await undo()).status).toBe(409);
      expect((await to.post(`/dependencies/import/${later.body.data.id}/undo`)).status).toBe(200);
      expect(await models(to)).toMatchObject({ Sensor: { description: 'new' } });
      expect((await undo()).status).toBe(200);
      expect(Object.values(await models(to))).toMatchObject([{ name: 'Sensor', description: 'old' }]);
    });

    it('is not while others refer to it, but by force', async () => {
      const { Line } = await models(to);
      const other = await put(to, 'Other', [{ name: 'line', type: 'object', modelId: Line!.id }]);
      expect(await undo()).toMatchObject({
        status: 409,
        body: { details: { dependents: [{ type: 'model', id: other.id, name: 'Other', via: ['fields[0].modelId'] }] } },
      });
      expect((await undo('?force=true')).status).toBe(200);
      expect(Object.keys(await models(to)).sort()).toEqual(['Other', 'Sensor']);
    });

    it('says of what it is refused, where a name was taken since', async () => {
      const { Sensor, Line } = await models(to);
      for (const { id } of [Line!, Sensor!]) expect((await to.delete(`/engine/models/${id}`)).status).toBe(204);
      await put(to, 'Sensor', [number('other')]);
      expect(await undo('?force=true')).toMatchObject({
        status: 409,
        body: { message: 'model Sensor: Name is taken by another model' },
      });
    });

    it('knows what was exchanged before as it did before', async () => {
      // The same content once more, which was followed by another one meanwhile.
      const { body } = await imported(to, fileOf(itemOf('model', 'Sensor', OLD)));
      expect(body.data.counts).toMatchObject({ update: 1 });
      expect((await to.post(`/dependencies/import/${body.data.id}/undo`)).status).toBe(200);
      const { hash: base } = itemOf('model', 'Sensor', OLD);
      const theirs = { ...itemOf('model', 'Sensor', { ...OLD, description: 'theirs' }), base };
      // Both have made something else of it: taken for made of what is here, it would be an update.
      expect((await plan(JSON.stringify(fileOf(theirs)))).items).toMatchObject([{ action: 'conflict' }]);
    });

    it('brings back by force what was deleted since', async () => {
      const { Sensor, Line } = await models(to);
      expect((await to.delete(`/engine/models/${Line!.id}`)).status).toBe(204);
      expect((await to.delete(`/engine/models/${Sensor!.id}`)).status).toBe(204);
      expect((await undo()).status).toBe(409);
      expect((await undo('?force=true')).status).toBe(200);
      expect(await models(to)).toEqual({ Sensor: expect.objectContaining({ id: Sensor!.id, description: 'old' }) });
    });
  });

  it('stands in a list, newest first', async () => {
    await put(from, 'Sensor', [number('speed')]);
    const file = await exported(from, all, { description: 'Line 1' });
    const { id } = (await imported(to, file)).body.data;
    const { planId } = await plan(file);
    const first = await to.get('/dependencies/import?limit=1');
    expect(first.body.data).toMatchObject([{ id: planId, status: 'planned', appliedAt: null }]);
    const rest = await to.get(`/dependencies/import?limit=1&cursor=${first.body.meta.nextCursor}`);
    expect(rest.body).toMatchObject({
      data: [{ id, status: 'applied', description: 'Line 1', counts: { create: 1 } }],
      meta: { nextCursor: null },
    });
    const one = await to.get(`/dependencies/import/${id}`);
    expect(one.body.data.items).toEqual([{ type: 'model', name: 'Sensor', action: 'create', id: expect.any(String) }]);
    expect(await from.get(`/dependencies/import/${id}`)).toMatchObject({ status: 404 });
  });
});
