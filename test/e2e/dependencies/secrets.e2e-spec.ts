import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { exported, fileOf, imported, itemOf, newPlace, validate } from './exchange';
import { contentsIn, portableOf } from './portables';

const MASK = '********';
const SLOT = 'connection:MES#/config/auth/password';

const mes = (password?: string) =>
  itemOf('connection', 'MES', {
    protocol: 'rest',
    config: {
      baseUrl: 'https://mes.example.com',
      auth: { type: 'basic', username: 'u', ...(password && { password }) },
    },
    enabled: false,
  });

const hook = (id: string, name: string, key: string, auth: object = { [key]: MASK }) => ({
  ...{ id, name, type: 'trigger.webhook' },
  parameters: { path: name.toLowerCase(), auth },
});

describe('secrets of an import', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp()));
  beforeEach(async () => void ({ api, organizationId } = await newPlace(app)));
  afterAll(() => app.stop());

  const secretsOf = async (type: string, name: string): Promise<Record<string, unknown>> => {
    const entities = await contentsIn(portableOf(app, type), organizationId);
    return Object.fromEntries(entities.get(name)!.secrets);
  };

  const execute = async (item: object, secrets: object) => {
    const { planId } = (await validate(api, fileOf(item))).body.data;
    return api.post('/dependencies/import/execute', { planId, secrets });
  };

  it('are refused where a file has them in clear', async () => {
    const { status, body } = await validate(api, fileOf(mes('in clear')));
    expect([status, body.data.planId]).toEqual([200, null]);
    expect(body.data.problems).toEqual([
      {
        ...{ type: 'connection', name: 'MES', field: '/config/auth/password' },
        message: `Secrets do not travel in files: put ${MASK} there and give it with the execution`,
      },
    ]);
  });

  it.each([MASK, ''])('are not given by %j', async (value) => {
    const { status, body } = await execute(mes(MASK), { [SLOT]: value });
    expect([status, body.message]).toEqual([400, `Secret ${SLOT} is required; null leaves it out`]);
  });

  it('are set where nothing else changes, and not where they are the same already', async () => {
    await imported(api, fileOf(mes(MASK)), { secrets: { [SLOT]: null } });
    expect(await secretsOf('connection', 'MES')).toEqual({});
    const first = await execute(mes(MASK), { [SLOT]: 'first' });
    expect(first.body.data).toMatchObject({ counts: { update: 1, unchanged: 0 }, items: [{ action: 'update' }] });
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'first' });

    const [{ id }] = (await api.get('/connections')).body.data;
    expect((await api.patch(`/connections/${id}`, { description: 'Here alone' })).status).toBe(200);
    const second = await execute(mes(MASK), { [SLOT]: 'second' });
    expect(second.body.data.counts).toMatchObject({ update: 1, unchanged: 0 });
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'second' });
    expect((await api.get(`/connections/${id}`)).body.data.description).toBe('Here alone');
    expect((await execute(mes(MASK), { [SLOT]: 'second' })).body.data.counts).toMatchObject({
      update: 0,
      unchanged: 1,
    });
    // Left out at first, and filled in by people since.
    expect((await execute(mes(MASK), { [SLOT]: null })).body.data.counts).toMatchObject({ update: 0, unchanged: 1 });
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'second' });

    expect((await api.post(`/dependencies/import/${second.body.data.id}/undo`)).status).toBe(200);
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'first' });
  });

  it('that somebody has set since are not lost by an undo', async () => {
    await imported(api, fileOf(mes(MASK)), { secrets: { [SLOT]: 'first' } });
    const renewed = await execute(mes(MASK), { [SLOT]: 'second' });
    const [{ id }] = (await api.get('/connections')).body.data;
    const set = async (password: string): Promise<void> => {
      const config = { ...(mes().content['config'] as object), auth: { type: 'basic', username: 'u', password } };
      expect((await api.patch(`/connections/${id}`, { config })).status).toBe(200);
    };
    const undo = () => api.post(`/dependencies/import/${renewed.body.data.id}/undo`);

    await set('theirs');
    expect(await undo()).toMatchObject({
      status: 409,
      body: { details: { changed: [{ type: 'connection', name: 'MES', message: 'was changed' }] } },
    });
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'theirs' });
    await set('second');
    expect((await undo()).status).toBe(200);
    expect(await secretsOf('connection', 'MES')).toEqual({ '/config/auth/password': 'first' });
  });

  it('of a pipeline belong to its nodes, wherever those have been moved to', async () => {
    const pipeline = (...nodes: object[]) => itemOf('pipeline', 'Hooks', { nodes, edges: [] });
    const [one, two] = [hook('1', 'One', 'key'), hook('2', 'Two', 'key')];
    const slot = (node: string) => `pipeline:Hooks#/nodes/${node}/parameters/auth/key`;
    await imported(api, fileOf(pipeline(one, two)), { secrets: { [slot('1')]: 'of one', [slot('2')]: 'of two' } });

    const file = JSON.parse(await exported(api, [{ type: 'pipeline' }]));
    const [{ content }] = file.items;
    const moved = { ...content, nodes: content.nodes.toReversed() };
    const [{ id }] = (await api.get('/engine/pipelines')).body.data;
    expect((await api.put(`/engine/pipelines/${id}`, { name: 'Hooks', ...moved })).status).toBe(200);
    const changed = structuredClone(content);
    changed.nodes[0].settings.notes = 'Theirs';
    const plan = (await validate(api, fileOf(itemOf('pipeline', 'Hooks', changed)))).body.data;
    expect(plan.secrets.map((secret: { required: boolean }) => secret.required)).toEqual([false, false]);
    const secrets = { [slot('1')]: 'new of one' };
    expect((await api.post('/dependencies/import/execute', { planId: plan.planId, secrets })).status).toBe(200);
    expect(await secretsOf('pipeline', 'Hooks')).toEqual({
      '/nodes/1/parameters/auth/key': 'new of one',
      '/nodes/2/parameters/auth/key': 'of two',
    });
  });
});
