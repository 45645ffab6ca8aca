import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { rowDigest } from '../../architecture/calls/row-digest';
import { exported, fileOf, imported, itemOf, newPlace, validate } from './exchange';

interface Field {
  name: string;
  type: string;
  modelId?: string;
  default?: object;
  required?: boolean;
}

const all = [{ type: 'model' }];
const content = (...fields: Field[]) => ({ description: null, fields });
const number = (name: string): Field => ({ name, type: 'number', required: true });
const object = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'object', ...more });
const named = (name: string): string => `mhub://model/${name}`;

describe('models that are imported', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp()));
  beforeEach(async () => void ({ api, organizationId } = await newPlace(app)));
  afterAll(() => app.stop());

  const models = async (): Promise<Record<string, { id: string; fields: Field[] }>> => {
    const { body } = await api.get('/engine/models');
    return Object.fromEntries(
      (body.data as { id: string; name: string; fields: Field[] }[]).map((one) => [one.name, one]),
    );
  };

  const put = async (name: string, ...fields: Field[]) => {
    const { id } = (await models())[name]!;
    return api.put(`/engine/models/${id}`, { name, fields });
  };

  const valid = async (name: string, value: object): Promise<boolean> => {
    const { id } = (await models())[name]!;
    return (await api.post(`/engine/models/${id}/validate`, { value })).body.data.valid as boolean;
  };

  /** A default has to fit the model that it is of. */
  const withDefault = (field: string, ...more: Field[]) =>
    fileOf(
      itemOf('model', 'Sensor', content(number(field), ...more)),
      itemOf('model', 'Line', content(object('sensor', { modelId: named('Sensor'), default: { [field]: 1 } }))),
    );

  it('may be sound only together, and so may be what they were', async () => {
    expect((await imported(api, withDefault('speed'))).status).toBe(200);
    const before = await exported(api, all);
    const { Sensor } = await models();
    // By hand neither can come first.
    expect((await put('Sensor', number('rpm'))).status).toBe(400);
    const line = object('sensor', { modelId: Sensor!.id, default: { rpm: 1 } });
    expect((await put('Line', line)).status).toBe(400);

    const done = await imported(api, withDefault('rpm'));
    expect(done).toMatchObject({ status: 200, body: { data: { counts: { update: 2 } } } });
    expect([await valid('Line', { sensor: { rpm: 2 } }), await valid('Line', { sensor: { speed: 2 } })]).toEqual([
      true,
      false,
    ]);
    expect(await api.post(`/dependencies/import/${done.body.data.id}/undo`)).toMatchObject({ status: 200 });
    expect(await exported(api, all)).toBe(before);
  });

  it('may name one another the other way round', async () => {
    const way = (from: string, to: string) =>
      fileOf(
        itemOf('model', from, content(number('a'), object('other', { modelId: named(to) }))),
        itemOf('model', to, content(number('a'))),
      );
    expect((await imported(api, way('Line', 'Plant'))).status).toBe(200);
    const before = await exported(api, all);
    const done = await imported(api, way('Plant', 'Line'));
    expect(done.status).toBe(200);
    const { Line, Plant } = await models();
    expect([Line!.fields[1], Plant!.fields[1]!.modelId]).toEqual([undefined, Line!.id]);
    expect((await api.post(`/dependencies/import/${done.body.data.id}/undo`)).status).toBe(200);
    expect(await exported(api, all)).toBe(before);
  });

  it('are refused with all that they make unsound', async () => {
    expect((await imported(api, withDefault('speed'))).status).toBe(200);
    const { Sensor } = await models();
    const other = { name: 'Other', fields: [object('sensor', { modelId: Sensor!.id, default: { speed: 1 } })] };
    expect((await api.post('/engine/models', other)).status).toBe(201);
    const { planId } = (await validate(api, withDefault('rpm'))).body.data;
    const digest = await rowDigest(app.database, organizationId);
    const answer = await api.post('/dependencies/import/execute', { planId });
    expect([answer.status, answer.body.message]).toEqual([
      400,
      'Model Other would not be sound: fields[0].default: default.rpm is required',
    ]);
    expect(await rowDigest(app.database, organizationId)).toBe(digest);
  });

  it('are there, and sound, for whatever comes with them', async () => {
    expect((await imported(api, withDefault('speed'))).status).toBe(200);
    const { items } = withDefault('rpm');
    const start = { id: 'start', name: 'Start', type: 'trigger.manual' };
    const check = { id: 'check', name: 'Check', type: 'model.validate', parameters: { modelId: named('Line') } };
    const edges = [{ id: 'e', source: 'start', target: 'check' }];
    const pipeline = itemOf('pipeline', 'Fill', { nodes: [start, check], edges, enabled: true });
    expect(await imported(api, fileOf(...items, pipeline))).toMatchObject({
      status: 200,
      body: { data: { counts: { create: 1, update: 2 } } },
    });
  });
});
