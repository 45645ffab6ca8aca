import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { newName, newPipeline, SOUND } from './pipelines-api';

const MANUAL = 'trigger.manual';

describe('pipelines', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('are made with defaults, read, and removed', async () => {
    const made = await api.post('/engine/pipelines', { name: 'Line 1' });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/engine/pipelines/${id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body.data).toEqual({
      id,
      name: 'Line 1',
      description: null,
      labels: {},
      enabled: false,
      executionMode: 'parallel',
      priority: 'normal',
      historyDetail: 'standard',
      overlap: 'parallel',
      timeoutSeconds: 300,
      retry: { attempts: 1, delayMs: 1_000, backoff: 'fixed' },
      onError: 'stop',
      maxConcurrent: null,
      retentionDays: null,
      nodes: [],
      edges: [],
      version: 1,
      createdAt: expect.any(String),
      createdBy: expect.any(String),
      updatedAt: expect.any(String),
      updatedBy: expect.any(String),
    });
    expect(await api.get(`/engine/pipelines/${id}`)).toMatchObject({ status: 200, body: made.body });
    expect((await api.delete(`/engine/pipelines/${id}`, { 'If-Match': '"2"' })).status).toBe(412);
    expect((await api.delete(`/engine/pipelines/${id}`, { 'If-Match': '"1"' })).status).toBe(204);
    expect(await api.get(`/engine/pipelines/${id}`)).toMatchObject({
      status: 404,
      body: { message: 'Pipeline not found' },
    });
    expect((await api.delete(`/engine/pipelines/${id}`)).status).toBe(404);
  });

  it('take their defaults from the organization', async () => {
    const organizationId = await app.newOrganization();
    const own = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const executions = { historyDetail: 'full', timeoutSeconds: 77 };
    expect((await own.patch('/organizations/settings', { executions })).status).toBe(200);
    expect(await newPipeline(own, {})).toMatchObject(executions);
    expect(await newPipeline(own, { timeoutSeconds: 5 })).toMatchObject({ historyDetail: 'full', timeoutSeconds: 5 });
  });

  it('keep nodes and edges, with ids made where none are given', async () => {
    const pipeline = await newPipeline(api);
    expect(pipeline.nodes[1]).toEqual({
      ...SOUND.nodes[1],
      settings: {},
      position: { x: 0, y: 0 },
      disabled: false,
    });
    expect(pipeline.edges[0]).toEqual({
      id: 'a',
      source: 'start',
      sourcePort: 'out',
      target: 'check',
      targetPort: 'in',
    });
    const settings = { notes: 'n', timeoutSeconds: 600, retryOnFail: { attempts: 3 }, onError: 'continue' };
    const node = { name: 'Only', type: 'trigger.manual', settings, position: { x: -1.5, y: 2 }, disabled: true };
    const { nodes } = await newPipeline(api, { nodes: [node] });
    expect(nodes[0]).toMatchObject({ ...node, id: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(nodes[0].settings.retryOnFail).toEqual({ attempts: 3, delayMs: 1_000, backoff: 'fixed' });
  });

  it('are replaced as a whole and changed in part, by those who saw the newest', async () => {
    const { id, name } = await newPipeline(api, { ...SOUND, priority: 'high', labels: { a: '1' } });
    const changed = await api.patch(`/engine/pipelines/${id}`, { overlap: 'skip' }, { 'If-Match': '"1"' });
    expect(changed.body.data).toMatchObject({ priority: 'high', overlap: 'skip', labels: { a: '1' }, version: 2 });
    expect(changed.body.data.nodes).toHaveLength(3);
    const replaced = await api.put(`/engine/pipelines/${id}`, { name, description: 'd' }, { 'If-Match': '"2"' });
    expect(replaced.body.data).toMatchObject({
      priority: 'normal',
      description: 'd',
      labels: {},
      nodes: [],
      version: 3,
    });
    expect(replaced.headers.get('etag')).toBe('"3"');
    for (const call of [api.put, api.patch]) {
      const stale = await call(`/engine/pipelines/${id}`, { name }, { 'If-Match': '"2"' });
      expect(stale).toMatchObject({ status: 412, body: { error: 'precondition_failed' } });
    }
    expect((await api.get(`/engine/pipelines/${id}`)).body).toEqual(replaced.body);
  });

  it('do not lose changes that are made at the same time', async () => {
    const { id } = await newPipeline(api, {});
    const names = Array.from({ length: 8 }, (_, index) => `Node ${index}`);
    const add = (name: string) => api.post(`/engine/pipelines/${id}/nodes`, { name, type: 'transform.set' });
    const answers = await Promise.all(names.map(add));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const { nodes, version } = (await api.get(`/engine/pipelines/${id}`)).body.data;
    expect(nodes.map(({ name }: { name: string }) => name).toSorted()).toEqual(names);
    expect(version).toBe(9);
  });

  it('have names that are unique whatever their case', async () => {
    const name = newName();
    const { id } = await newPipeline(api, { name });
    const upper = name.toUpperCase();
    expect((await api.get(`/engine/pipelines/name-available?name=${upper}`)).body.data).toEqual({ available: false });
    expect((await api.get(`/engine/pipelines/name-available?name=${newName()}`)).body.data).toEqual({
      available: true,
    });
    const taken = { status: 409, body: { error: 'conflict', message: 'Name is taken by another pipeline' } };
    expect(await api.post('/engine/pipelines', { name: upper })).toMatchObject(taken);
    expect((await api.patch(`/engine/pipelines/${id}`, { name: upper })).status).toBe(200);
    const other = await newPipeline(api, {});
    expect(await api.patch(`/engine/pipelines/${other.id}`, { name })).toMatchObject(taken);
    expect(await api.post(`/engine/pipelines/${other.id}/clone`, { name })).toMatchObject(taken);
  });

  it('are listed by pages without nodes, searched, sorted, and found by labels', async () => {
    const organizationId = await app.newOrganization();
    const own = app.api(await app.newToken(ALL_SCOPES), organizationId);
    await newPipeline(own, { name: 'Beta', labels: { env: 'prod', line: '1' }, description: 'A Needle' });
    await newPipeline(own, { name: 'Alpha', labels: { env: 'prod', at: '10:30' } });
    await newPipeline(own, { ...SOUND, name: 'Gamma', enabled: true });
    const names = async (query: string) =>
      (await own.get(`/engine/pipelines?${query}`)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('')).toEqual(['Alpha', 'Beta', 'Gamma']);
    expect(await names('sort=-name&limit=1&page=2')).toEqual(['Beta']);
    expect(await names('search=needle')).toEqual(['Beta']);
    expect(await names('enabled=true')).toEqual(['Gamma']);
    expect(await names('enabled=false')).toEqual(['Alpha', 'Beta']);
    expect(await names('label=env:prod')).toEqual(['Alpha', 'Beta']);
    expect(await names('label=env:prod&label=line:1')).toEqual(['Beta']);
    expect(await names('label=at:10:30')).toEqual(['Alpha']);
    expect(await names('label=env:test')).toEqual([]);
    const { data, meta } = (await own.get('/engine/pipelines?enabled=true')).body;
    expect(meta).toEqual({ page: 1, limit: 25, total: 1 });
    expect(data[0]).toMatchObject({ enabled: true, executionMode: 'parallel', version: 1 });
    expect(data[0]).not.toHaveProperty('nodes');
    expect((await own.get('/engine/pipelines?label=env')).status).toBe(400);
    expect((await own.get('/engine/pipelines?sort=nodes')).status).toBe(400);
    expect((await own.get('/engine/pipelines?enabled=maybe')).status).toBe(400);
  });

  it('are cloned, not enabled', async () => {
    const { id } = await newPipeline(api, { ...SOUND, enabled: true, labels: { a: 'b' }, overlap: 'queue' });
    const name = newName();
    const clone = await api.post(`/engine/pipelines/${id}/clone`, { name });
    expect(clone.headers.get('location')).toBe(`/api/v1/engine/pipelines/${clone.body.data.id}`);
    expect(clone).toMatchObject({
      status: 201,
      body: { data: { name, enabled: false, overlap: 'queue', version: 1 } },
    });
    expect(clone.body.data.nodes).toMatchObject(SOUND.nodes);
    expect(clone.body.data.id).not.toBe(id);
    const [entry] = (await api.get(`/engine/pipelines/${clone.body.data.id}/versions`)).body.data;
    expect(entry).toMatchObject({ changeType: 'created', summary: expect.stringMatching(/^cloned from Pipeline/) });
  });

  const LONG = 'x'.repeat(600);
  const LABELS = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, 'v']));

  it.each<[string, object, unknown]>([
    ['no name', { name: undefined }, 'Name is required'],
    ['a short name', { name: 'ab' }, 'Name must be longer than or equal to 3 characters'],
    ['a long name', { name: LONG }, 'Name must be shorter than or equal to 100 characters'],
    ['a long description', { description: LONG }, 'Description must be shorter than or equal to 500 characters'],
    ['a label with a colon', { labels: { 'a:b': 'c' } }, expect.stringContaining('Labels must be at most 64 keys')],
    ['a label that is no text', { labels: { a: 1 } }, expect.stringContaining('Labels must be at most 64 keys')],
    ['many labels', { labels: LABELS }, expect.stringContaining('Labels must be at most 64 keys')],
    ['an unknown mode', { executionMode: 'fast' }, expect.stringContaining('Execution mode must be one of')],
    ['no priority', { priority: null }, expect.stringContaining('Priority')],
    ['an unknown overlap', { overlap: 'drop' }, expect.stringContaining('Overlap must be one of')],
    ['no time', { timeoutSeconds: 0 }, 'Timeout seconds must not be less than 1'],
    ['more than a day', { timeoutSeconds: 86_401 }, 'Timeout seconds must not be greater than 86400'],
    ['many runs', { maxConcurrent: 1_001 }, 'Max concurrent must not be greater than 1000'],
    ['more than ten years', { retentionDays: 3_651 }, 'Retention days must not be greater than 3650'],
    ['many tries', { retry: { attempts: 21 } }, 'Attempts must not be greater than 20'],
    ['a long delay', { retry: { attempts: 2, delayMs: 3_600_001 } }, 'Delay ms must not be greater than 3600000'],
    ['a list for an object', { retry: [] }, expect.stringContaining('Retry')],
    ['an unknown field', { version: 3 }, 'Version is not a known field'],
    ['a node without type', { nodes: [{ name: 'A' }] }, 'Type is required'],
    ['a node without name', { nodes: [{ type: MANUAL }] }, 'Name is required'],
    [
      'an id with a blank',
      { nodes: [{ id: 'a b', name: 'A', type: MANUAL }] },
      expect.stringContaining('Id must be 1–64'),
    ],
    ['a long name of a node', { nodes: [{ name: LONG, type: MANUAL }] }, expect.stringContaining('shorter than')],
    [
      'a list of parameters',
      { nodes: [{ name: 'A', type: MANUAL, parameters: [] }] },
      expect.stringContaining('object'),
    ],
    [
      'a long try',
      { nodes: [{ name: 'A', type: MANUAL, settings: { timeoutSeconds: 601 } }] },
      expect.stringContaining('600'),
    ],
    ['half a position', { nodes: [{ name: 'A', type: MANUAL, position: { x: 1 } }] }, 'Y is required'],
    ['half an edge', { edges: [{ source: 'a' }] }, 'Target is required'],
    ['many nodes', { nodes: new Array(1_001).fill({ name: 'A', type: MANUAL }) }, expect.stringContaining('1000')],
  ])('refuse %s', async (_, change, message) => {
    const before = (await api.get('/engine/pipelines')).body.meta.total;
    const answer = await api.post('/engine/pipelines', { name: newName(), ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request', message } });
    expect((await api.get('/engine/pipelines')).body.meta.total).toBe(before);
  });

  it('may have a thousand nodes, but no more than 2 MiB', async () => {
    const nodes = Array.from({ length: 1_000 }, (_, index) => ({
      id: `n${index}`,
      name: `Node ${index}`,
      type: index === 0 ? 'trigger.manual' : 'transform.set',
      parameters: index === 0 ? {} : { fields: [{ name: 'a', value: 'x'.repeat(1_000) }] },
    }));
    const edges = nodes.slice(1).map(({ id }, index) => ({ id: `e${index}`, source: `n${index}`, target: id }));
    const { id } = await newPipeline(api, { nodes, edges, enabled: true });
    const page = (await api.get(`/engine/pipelines/${id}/nodes?limit=200&page=5`)).body;
    expect(page.meta).toEqual({ page: 5, limit: 200, total: 1_000 });
    expect(page.data).toHaveLength(200);
    const over = { name: newName(), nodes: [{ ...nodes[0], parameters: { outputData: 'x'.repeat(2 * 1024 * 1024) } }] };
    expect((await api.post('/engine/pipelines', over)).status).toBe(413);
    // Step by step it gets no larger, either.
    const large = { outputData: 'x'.repeat(900_000) };
    const answer = await api.patch(`/engine/pipelines/${id}/nodes/n0`, { parameters: large });
    expect(answer).toMatchObject({ status: 413, body: { message: 'A pipeline must be at most 2 MiB' } });
  });

  it('belong to their organization', async () => {
    const { id } = await newPipeline(api);
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get('/engine/pipelines')).body.meta.total).toBe(0);
    for (const path of ['', '/nodes', '/nodes/start', '/edges', '/edges/a', '/versions', '/versions/1']) {
      expect((await other.get(`/engine/pipelines/${id}${path}`)).status).toBe(404);
    }
    expect((await api.get(`/engine/pipelines/${newId()}`)).status).toBe(404);
    expect((await api.get('/engine/pipelines/none')).status).toBe(404);
  });

  it('are changed by editors and read by viewers', async () => {
    const { id } = await newPipeline(api);
    const viewer = app.api(await app.newToken(ALL_SCOPES, await app.newUser('viewer')));
    const editor = app.api(await app.newToken(ALL_SCOPES, await app.newUser('editor')));
    expect((await viewer.get(`/engine/pipelines/${id}`)).status).toBe(200);
    expect((await viewer.post(`/engine/pipelines/${id}/enable`)).status).toBe(403);
    expect((await editor.post(`/engine/pipelines/${id}/enable`)).status).toBe(200);
  });
});
