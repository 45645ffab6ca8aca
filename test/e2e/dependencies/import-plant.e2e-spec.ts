import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { exported, imported, newPlace, validate } from './exchange';

const SECRET = 'secret of the MES';
const SLOT = 'connection:MES#/config/auth/password';

const connection = (change: object = {}) => ({
  name: 'MES',
  protocol: 'rest',
  config: { baseUrl: 'http://127.0.0.1:9/api', auth: { type: 'basic', username: 'u', password: SECRET } },
  enabled: false,
  ...change,
});

describe('a plant', () => {
  let app: TestApp;
  let from: ApiClient;
  let to: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  beforeEach(async () => {
    ({ api: from } = await newPlace(app));
    ({ api: to, organizationId } = await newPlace(app));
  });

  const create = async (api: ApiClient, path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body);
    expect([answer.status, answer.body.message]).toEqual([201, undefined]);
    return answer.body.data.id as string;
  };

  const build = async (api: ApiClient): Promise<string> => {
    const model = await create(api, '/engine/models', { name: 'Speed', fields: [{ name: 'rpm', type: 'number' }] });
    const mes = await create(api, '/connections', connection());
    await create(api, `/connections/${mes}/functions`, {
      name: 'Orders',
      type: 'rest.get',
      config: { path: '/orders' },
    });
    const topic = await create(api, '/uns/topics', { topic: 'mHv1.0/line-1/speed' });
    expect((await api.put(`/uns/topics/${topic}/schema`, { mode: 'strict', modelId: model })).status).toBe(200);
    await create(api, '/uns/topics', { topic: 'mHv1.0/line-1/torque' });
    const binding = { name: 'Speeds', filter: 'mHv1.0/+/speed', mode: 'lenient', modelId: model };
    await create(api, '/uns/schema-bindings', binding);
    const panel = { title: 'Speed', type: 'line', position: { x: 0, y: 0, w: 4, h: 4 } };
    const queries = [{ topic: 'mHv1.0/line-1/speed' }];
    await create(api, '/uns/dashboards', { name: 'Line 1', panels: [{ ...panel, queries }] });
    return mes;
  };

  const count = async (api: ApiClient): Promise<number[]> => {
    const paths = ['/engine/models', '/connections', '/uns/topics', '/uns/schema-bindings', '/uns/dashboards'];
    return Promise.all(paths.map(async (path) => (await api.get(path)).body.data.length as number));
  };

  it('moves to another organization as a whole, and back out as the same bytes', async () => {
    await build(from);
    const file = await exported(from, undefined as unknown as object[]);
    expect(file).not.toContain(SECRET);
    // Panels keep their ids: nobody else has them.
    expect(file.replace(/"id":"[^"]+"/g, '')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    const { body } = await validate(to, file);
    expect(body.data).toMatchObject({ problems: [], counts: { create: 8, conflict: 0 } });
    expect(body.data.secrets).toEqual([{ slot: SLOT, description: expect.any(String), required: true }]);
    const { planId } = body.data;
    expect(await to.post('/dependencies/import/execute', { planId })).toMatchObject({
      status: 400,
      body: { message: `Secret ${SLOT} is required; null leaves it out` },
    });
    const done = await to.post('/dependencies/import/execute', { planId, secrets: { [SLOT]: 'another' } });
    expect(done).toMatchObject({ status: 200, body: { data: { counts: { create: 8 } } } });
    expect(JSON.stringify(done.body)).not.toContain('another');
    expect(await exported(to, undefined as unknown as object[])).toBe(file);
    expect((await to.post(`/dependencies/import/${planId}/undo`)).status).toBe(200);
    expect((await count(to)).slice(0, 2)).toEqual([0, 0]);
    expect((await count(to)).slice(3)).toEqual([0, 0]);
  });

  it('keeps its secrets when it is changed, and gets them back when that is undone', async () => {
    const secretOf = async (id: string): Promise<Buffer> => {
      const [row] = await app.database.asSystem((manager) =>
        manager.query<{ undo: Buffer }[]>('SELECT undo FROM dependency_imports WHERE id = $1', [id]),
      );
      return row!.undo;
    };
    await build(from);
    const mes = await build(to);
    await imported(to, await exported(from, [{ type: 'connection' }]));
    const old = (await from.get('/connections')).body.data[0].id as string;
    expect((await from.patch(`/connections/${old}`, { description: 'Theirs' })).status).toBe(200);
    const file = await exported(from, [{ type: 'connection' }]);
    expect((await validate(to, file)).body.data.secrets).toEqual([expect.objectContaining({ required: false })]);
    const done = await imported(to, file, { secrets: { [SLOT]: 'given anew' } });
    expect(done).toMatchObject({ status: 200, body: { data: { counts: { update: 1 } } } });
    const { id } = done.body.data;
    expect((await secretOf(id as string)).includes(SECRET)).toBe(false);
    expect((await to.get(`/connections/${mes}`)).body.data.description).toBe('Theirs');
    expect((await to.post(`/dependencies/import/${id}/undo`)).status).toBe(200);
    expect((await to.get(`/connections/${mes}`)).body.data.description).toBeNull();
    const trail = (await app.api(await app.newToken(['audit:read']), organizationId).get('/audit?limit=200')).text;
    expect(trail).toContain('import.undo');
    expect(trail).not.toMatch(/given anew|secret of the MES/);
  });

  it('offers what belongs to it', async () => {
    await build(from);
    const topic = { type: 'topic', id: 'mHv1.0/line-1/speed' };
    const { body } = await from.post('/dependencies/export/analyze', { entities: [topic, { type: 'connection' }] });
    const names = (list: { type: string; name: string }[]) => list.map(({ type, name }) => `${type} ${name}`);
    expect(names(body.data.required)).toEqual(['model Speed']);
    expect(names(body.data.optional)).toEqual(['dashboard Line 1', 'function MES/Orders', 'schema-binding Speeds']);
    const file = JSON.parse(await exported(from, [topic], { include: 'all' }));
    expect(names(file.items)).toEqual([
      'dashboard Line 1',
      'model Speed',
      'schema-binding Speeds',
      'topic mHv1.0/line-1/speed',
    ]);
  });

  it('has its connection made beside another one, with its functions', async () => {
    await build(from);
    await create(to, '/connections', connection({ config: { baseUrl: 'http://127.0.0.1:9/other' } }));
    const file = await exported(from, [{ type: 'function' }]);
    const resolutions = [{ type: 'connection', name: 'MES', action: 'rename', newName: 'MES 2' }];
    const done = await imported(to, file, { resolutions, secrets: { [SLOT]: null } });
    expect(done.status).toBe(200);
    expect(done.body.data.items.map(({ name, action }: { name: string; action: string }) => [name, action])).toEqual([
      ['MES 2', 'create'],
      ['MES 2/Orders', 'create'],
    ]);
    const made = done.body.data.items[0].id as string;
    expect((await to.get(`/connections/${made}/functions`)).body.data).toMatchObject([{ name: 'Orders' }]);
  });
});
