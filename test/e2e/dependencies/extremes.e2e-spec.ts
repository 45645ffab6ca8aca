import { newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { exported, fileOf, imported, itemOf, newPlace, validate } from './exchange';

/* What lies at the edges of what may be: the longest, the deepest, the strangest, and what is left out. */

const ALL = ['model', 'topic', 'schema-binding', 'pipeline', 'dashboard'].map((type) => ({ type }));
const MASK = '********';

/** Letters of three bytes each, no two texts alike: nothing that an index could make shorter. */
const letters = (count: number, seed: number): string =>
  String.fromCodePoint(
    ...Array.from({ length: count }, (_, index) => 0x4e00 + (((index + 1) * 7_919 + seed * 104_729) % 20_000)),
  );

/** An object in an object …, so many levels. */
const nested = (levels: number): object => (levels === 1 ? {} : { in: nested(levels - 1) });

describe('configuration at its limits', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;
  let elsewhere: ApiClient;

  beforeAll(async () => void (app = await createTestApp()));
  beforeEach(async () => {
    ({ api, organizationId } = await newPlace(app));
    ({ api: elsewhere } = await newPlace(app));
  });
  afterAll(() => app.stop());

  const make = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body);
    expect([answer.status, answer.body.message]).toEqual([201, undefined]);
    return answer.body.data.id as string;
  };

  /** Everything leaves, enters elsewhere, and leaves that place as the same bytes. */
  const expectMovable = async () => {
    const file = await exported(api, ALL);
    const { status, body } = await imported(elsewhere, file);
    expect([status, body.message]).toEqual([200, undefined]);
    expect(await exported(elsewhere, ALL)).toBe(file);
  };

  describe('moves', () => {
    it('where a document in it is as deep as may be', async () => {
      const parameters = { outputData: nested(61) };
      const nodes = [{ id: 'start', name: 'Start', type: 'trigger.manual', parameters }];
      await make('/engine/pipelines', { name: 'Deep', nodes });
      await expectMovable();
    });

    it('where a path has as many bytes as it may', async () => {
      const levels = [...Array.from({ length: 8 }, (_, seed) => letters(100, seed)), letters(61, 8)];
      await make('/uns/topics', { topic: `mHv1.0/${levels.join('/')}` });
      await expectMovable();
    });

    it.each([
      ['of many bytes', (depth: number) => letters(100, depth)],
      ['of nothing but what has to be escaped', () => '/~'.repeat(50)],
    ])('where all names on the way to a dashboard are long and %s', async (_, nameAt) => {
      let folderId: string | null = null;
      for (let depth = 0; depth < 8; depth++) {
        folderId = await make('/uns/dashboards/folders', { name: nameAt(depth), parentId: folderId });
      }
      await make('/uns/dashboards', { name: nameAt(8), folderId, panels: [] });
      await expectMovable();
      expect((await imported(elsewhere, await exported(api, ALL))).body.data.counts).toMatchObject({ unchanged: 1 });
    });

    it('where fields are called as what every object has', async () => {
      const fields = ['constructor', 'prototype', 'toString', 'valueOf'].map((name) => ({ name, type: 'number' }));
      const modelId = await make('/engine/models', { name: 'Strange', fields });
      const topicId = await make('/uns/topics', { topic: 'mHv1.0/strange' });
      expect((await api.put(`/uns/topics/${topicId}/schema`, { mode: 'strict', modelId })).status).toBe(200);
      await expectMovable();
    });
  });

  describe('is refused', () => {
    const filter = `mHv1.0/${Array.from({ length: 10 }, (_, seed) => letters(99, seed)).join('/')}`;

    it.each<[string, string, object, string]>([
      [
        'a binding of a filter that selects no topic, as long as it is',
        '/uns/schema-bindings',
        { name: 'Long', mode: 'off', min: 0, filter: `${filter}/#` },
        'Filter must be at most 2600 bytes long',
      ],
      [
        'a variable that does',
        '/uns/dashboards',
        { name: 'Long', panels: [], variables: [{ name: 'line', topics: `${filter}/+` }] },
        'Topics must be at most 2600 bytes long',
      ],
      [
        'a model of a field by which no file could be read',
        '/engine/models',
        { name: 'Strange', fields: [{ name: '__proto__', type: 'number' }] },
        'Name must not be __proto__',
      ],
    ])('%s', async (_, path, body, message) => {
      const answer = await api.post(path, body);
      expect([answer.status, answer.body.message]).toEqual([400, message]);
    });

    it.each([[1234], [['in clear']], [{ key: 'in clear' }]])('a secret that is no text: %j', async (secret) => {
      const hook = (key: unknown) => ({
        nodes: [{ id: 'hook', name: 'Hook', type: 'trigger.webhook', parameters: { path: 'a', auth: { key } } }],
      });
      const refused = { status: 400, body: { message: expect.stringContaining('The secret must be a text') } };
      expect(await api.post('/engine/pipelines', { name: 'Hook', ...hook(secret) })).toMatchObject(refused);
      expect((await validate(api, fileOf(itemOf('pipeline', 'Hook', hook(secret))))).body.data.problems).toEqual([
        expect.objectContaining({ field: 'nodes[0].parameters.auth.key', message: 'The secret must be a text' }),
      ]);
      const secrets = { 'pipeline:Hook#/nodes/hook/parameters/auth/key': secret };
      expect(await imported(api, fileOf(itemOf('pipeline', 'Hook', hook(MASK))), { secrets })).toMatchObject(refused);
    });

    it('what would need one another only by its new names', async () => {
      const names = ['First', 'Second'];
      for (const name of names) await make('/engine/models', { name, fields: [{ name: 'n', type: 'number' }] });
      const naming = (name: string, other: string) =>
        itemOf('model', name, { fields: [{ name: 'other', type: 'object', modelId: `mhub://model/${other}` }] });
      const file = fileOf(
        naming('First', 'Second'),
        naming('Second', 'First'),
        itemOf('model', 'Third', { fields: [] }),
      );
      const resolutions = names.map((name) => ({ type: 'model', name, action: 'rename', newName: `New ${name}` }));
      expect(await imported(api, file, { resolutions })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining('model:New First → model:New Second → model:New First') },
      });
      const models = (await api.get('/engine/models')).body.data as { name: string }[];
      expect(models.map(({ name }) => name).sort()).toEqual(names);
    });
  });

  it('brings thousands of secrets', async () => {
    const secrets = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`connection:${n}#/config/key`, 'x']));
    const execute = (more: object) => api.post('/dependencies/import/execute', { planId: newId(), secrets, ...more });
    expect((await execute({})).body.message).toBe('Plan not found');
    expect((await execute({ secrets: [] })).body.message).toBe('Secrets must be an object');
  });

  it('needs no secret for what was taken away here', async () => {
    const hook = (id: string, notes?: string) => ({
      ...{ id, name: `Hook ${id}`, type: 'trigger.webhook', parameters: { path: id, auth: { key: MASK } } },
      ...(notes && { settings: { notes } }),
    });
    const file = (...nodes: object[]) => fileOf(itemOf('pipeline', 'Hooks', { nodes, edges: [] }));
    const slot = (id: string) => `pipeline:Hooks#/nodes/${id}/parameters/auth/key`;
    await imported(api, file(hook('one'), hook('two')), { secrets: { [slot('one')]: 'a', [slot('two')]: 'b' } });
    const [{ id }] = (await api.get('/engine/pipelines')).body.data;
    expect((await api.put(`/engine/pipelines/${id}`, { name: 'Hooks', nodes: [hook('two')] })).status).toBe(200);
    expect((await imported(api, file(hook('one'), hook('two', 'Theirs')))).status).toBe(200);
    expect((await api.get(`/engine/pipelines/${id}`)).body.data.nodes).toMatchObject([
      { id: 'two', settings: { notes: 'Theirs' } },
    ]);
  });

  it('keeps others from storing values no sooner than it must: bindings come behind topics', async () => {
    const rule = itemOf('schema-binding', 'Rule', { filter: 'mHv1.0/#', mode: 'off', min: 0 });
    expect((await imported(api, fileOf(rule, itemOf('topic', 'mHv1.0/a', {})))).status).toBe(200);
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ action: string }[]>('SELECT action FROM audit_entries WHERE organization_id = $1 ORDER BY id', [
        organizationId,
      ]),
    );
    expect(rows.map(({ action }) => action)).toEqual(['topic.create', 'schema_binding.create', 'import.apply']);
  });

  it('has no tag that another organization has', async () => {
    for (const place of [api, elsewhere]) {
      expect((await place.post('/engine/models', { name: 'Same', fields: [] })).status).toBe(201);
    }
    const [here, there] = [await api.get('/dependencies/graph'), await elsewhere.get('/dependencies/graph')];
    expect(here.body.data.revision).toBe(there.body.data.revision);
    const known = { 'If-None-Match': here.headers.get('etag')! };
    expect((await api.get('/dependencies/graph', known)).status).toBe(304);
    expect((await elsewhere.get('/dependencies/graph', known)).status).toBe(200);
  });
});
