import { ALL_SCOPES, newId } from '#kernel';
import { ModelsService } from '#models';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { nodesOf, type Run } from './node-runner';

const FIELDS = [
  { name: 'line', type: 'string', required: true },
  { name: 'unit', type: 'string', default: 'mm' },
  {
    name: 'parts',
    type: 'array',
    items: { type: 'object', fields: [{ name: 'n', type: 'integer', default: 1, min: 1 }] },
  },
];

describe('model.validate', () => {
  let app: TestApp;
  let api: ApiClient;
  let nodes: ReturnType<typeof nodesOf>;
  let modelId: string;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
    nodes = nodesOf(app);
    modelId = (await api.post('/engine/models', { name: 'Order', fields: FIELDS })).body.data.id;
  });

  afterAll(() => app.stop());

  const validate: (parameters: object, call?: Parameters<Run>[2]) => ReturnType<Run> = (parameters, call) =>
    nodes.run('model.validate', { modelId, ...parameters }, call);

  it('lets a value go on that fits, with the defaults of what is missing', async () => {
    const value = { line: 'l1', parts: [{ n: 5 }, {}], more: true };
    expect(await validate({ value })).toEqual({
      kind: 'emit',
      emissions: [{ port: 'out', value: { line: 'l1', unit: 'mm', parts: [{ n: 5 }, { n: 1 }], more: true } }],
      sensitive: [],
    });
  });

  it('fails with what does not fit, or sends it another way', async () => {
    const value = { parts: [{ n: 0 }] };
    const problems = [
      { field: 'line', message: 'line is required' },
      { field: 'parts[0].n', message: 'parts[0].n must be >= 1' },
    ];
    await expect(validate({ value })).rejects.toMatchObject({
      name: 'NodeError',
      message: 'Value does not fit the model: line is required (and 1 more)',
      details: { problems },
      retryable: false,
    });
    expect(await validate({ value, onInvalid: 'port' })).toEqual({
      kind: 'emit',
      emissions: [{ port: 'invalid', value: { value, problems } }],
      sensitive: [],
    });
    expect(await validate({ value: 'text', onInvalid: 'port' })).toMatchObject({ emissions: [{ port: 'invalid' }] });
  });

  it('says what history must not show', async () => {
    const fields = [{ name: 'pin', type: 'string', sensitive: true, maxLength: 4 }];
    const { id } = (await api.post('/engine/models', { name: newId(), fields })).body.data;
    expect(await validate({ modelId: id, value: { pin: '1234' } })).toMatchObject({ sensitive: ['1234'] });
    const invalid = { modelId: id, value: { pin: '12345' }, onInvalid: 'port' };
    expect(await validate(invalid)).toMatchObject({ emissions: [{ port: 'invalid' }], sensitive: ['12345'] });
  });

  it('follows the model', async () => {
    const { id } = (await api.post('/engine/models', { name: newId(), fields: [] })).body.data;
    expect(await validate({ modelId: id, value: {} })).toMatchObject({ emissions: [{ port: 'out' }] });
    await api.put(`/engine/models/${id}`, { name: newId(), fields: [{ name: 'a', type: 'string', required: true }] });
    const failure = (value: object): Promise<string | undefined> =>
      validate({ modelId: id, value }).then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
    await eventually(async () => (await failure({})) === 'Value does not fit the model: a is required');
    await api.delete(`/engine/models/${id}`);
    await eventually(async () => (await failure({ a: 'x' })) === 'Model not found');
  });

  it('keeps a validator as long as the model does not change', async () => {
    const models = app.nest.get(ModelsService, { strict: false });
    const first = await models.validator(app.organizationId, modelId);
    expect(await models.validator(app.organizationId, modelId)).toBe(first);
    expect([first.version, first.sensitive]).toEqual([1, []]);
  });

  it('knows no models of others, and none that there are not', async () => {
    const organizationId = await app.newOrganization();
    const refusal = { name: 'NodeError', message: 'Model not found', retryable: false };
    await expect(validate({ value: {} }, { organizationId })).rejects.toMatchObject(refusal);
    await expect(validate({ modelId: newId() })).rejects.toMatchObject(refusal);
    const type = nodes.find('model.validate');
    const check = type.checkReferences!.bind(type);
    expect(await check({ modelId }, app.organizationId)).toEqual([]);
    expect(await check({ modelId }, organizationId)).toEqual([{ field: 'modelId', message: 'Model not found' }]);
    expect(await check({ modelId: '{{ $trigger.payload.model }}' }, organizationId)).toEqual([]);
  });
});
