import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

const TEMPERATURE = {
  id: 'temperature',
  title: 'Temperature of ${line}',
  type: 'line',
  position: { x: 0, y: 0, w: 12, h: 8 },
  queries: [{ topic: 'mHv1.0/factory/${line}/temperature', aggregate: 'avg' }],
  options: { unit: '°C', decimals: 1 },
};

const LINE = { name: 'line', label: 'Line', values: ['line-1', 'line-2'] };

const DASHBOARD = {
  description: 'What the line does',
  timeRange: { from: 'now-6h', to: 'now' },
  refreshSeconds: 30,
  variables: [LINE],
  panels: [TEMPERATURE],
};

describe('dashboards', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const create = async (change: object = {}) => {
    const answer = await api.post('/uns/dashboards', { ...DASHBOARD, name: newId(), ...change });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data;
  };

  it('are made, read, replaced, changed and removed', async () => {
    const made = await api.post('/uns/dashboards', { ...DASHBOARD, name: 'Line' });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/uns/dashboards/${id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body.data).toMatchObject({
      ...DASHBOARD,
      name: 'Line',
      folderId: null,
      variables: [{ ...LINE, topics: null, default: null }],
      panels: [{ ...TEMPERATURE, queries: [{ ...TEMPERATURE.queries[0], field: null, bucket: null }] }],
      version: 1,
    });
    expect((await api.get(`/uns/dashboards/${id}`)).body).toEqual(made.body);

    const changed = await api.patch(`/uns/dashboards/${id}`, { description: null }, { 'If-Match': '"1"' });
    expect(changed.body.data).toMatchObject({
      ...made.body.data,
      description: null,
      version: 2,
      updatedAt: expect.any(String),
    });
    const replaced = await api.put(`/uns/dashboards/${id}`, { name: 'Line' }, { 'If-Match': '"2"' });
    expect(replaced.body.data).toMatchObject({
      name: 'Line',
      timeRange: { from: 'now-1h', to: 'now' },
      refreshSeconds: 0,
      variables: [],
      panels: [],
      version: 3,
    });
    expect((await api.delete(`/uns/dashboards/${id}`, { 'If-Match': '"2"' })).status).toBe(412);
    expect((await api.delete(`/uns/dashboards/${id}`, { 'If-Match': '"3"' })).status).toBe(204);
    expect(await api.get(`/uns/dashboards/${id}`)).toMatchObject({
      status: 404,
      body: { message: 'Dashboard not found' },
    });
  });

  it('give places and ids to panels that have none', async () => {
    const text = { type: 'text', options: { text: '# Hello' } };
    const { panels } = await create({ panels: [text, { ...text, position: { x: 12, y: 4, w: 12, h: 30 } }, text] });
    expect(panels.map(({ position }: typeof TEMPERATURE) => position)).toEqual([
      { x: 0, y: 0, w: 12, h: 8 },
      { x: 12, y: 4, w: 12, h: 30 },
      { x: 0, y: 34, w: 12, h: 8 },
    ]);
    expect(new Set(panels.map(({ id }: { id: string }) => id)).size).toBe(3);
  });

  it('are listed without panels, searched, sorted and by folder', async () => {
    const folder = (await api.post('/uns/dashboards/folders', { name: 'Lists' })).body.data.id;
    await create({ name: 'List B', folderId: folder });
    await create({ name: 'List A', folderId: folder, description: 'findable needle' });
    await create({ name: 'List at the top' });
    const names = async (query: string) =>
      (await api.get(`/uns/dashboards?${query}`)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('search=NEEDLE')).toEqual(['List A']);
    expect(await names('search=list&sort=-name')).toEqual(['List B', 'List at the top', 'List A'].toSorted().reverse());
    expect(await names(`folderId=${folder}`)).toEqual(['List A', 'List B']);
    expect(await names('folderId=root&search=list')).toEqual(['List at the top']);
    expect(await names(`folderId=${newId()}`)).toEqual([]);
    expect((await api.get('/uns/dashboards?folderId=here')).status).toBe(400);
    const { data, meta } = (await api.get(`/uns/dashboards?folderId=${folder}&limit=1&page=2`)).body;
    expect(meta).toEqual({ page: 2, limit: 1, total: 2 });
    expect(data[0]).not.toHaveProperty('panels');
  });

  it('have names that are unique in a folder, whatever their case', async () => {
    const folder = (await api.post('/uns/dashboards/folders', { name: 'Names' })).body.data.id;
    const { id } = await create({ name: 'Twice' });
    await create({ name: 'TWICE', folderId: folder });
    const taken = { error: 'conflict', message: 'Name is taken by another dashboard in the same folder' };
    expect(await api.post('/uns/dashboards', { name: 'tWICE' })).toMatchObject({ status: 409, body: taken });
    expect(await api.patch(`/uns/dashboards/${id}`, { folderId: folder })).toMatchObject({ status: 409, body: taken });
    const atOnce = await Promise.all([1, 2, 3].map(() => api.post('/uns/dashboards', { name: 'At once' })));
    expect(atOnce.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });

  it('are cloned beside the original or elsewhere', async () => {
    const folder = (await api.post('/uns/dashboards/folders', { name: 'Clones' })).body.data.id;
    const original = await create({ folderId: folder });
    const beside = await api.post(`/uns/dashboards/${original.id}/clone`, { name: 'Beside' });
    expect(beside.status).toBe(201);
    expect(beside.headers.get('location')).toBe(`/api/v1/uns/dashboards/${beside.body.data.id}`);
    const { variables, panels } = original;
    expect(beside.body.data).toMatchObject({ name: 'Beside', folderId: folder, variables, panels, version: 1 });
    const elsewhere = await api.post(`/uns/dashboards/${original.id}/clone`, { name: original.name, folderId: null });
    expect(elsewhere.body.data).toMatchObject({ name: original.name, folderId: null });
    expect((await api.post(`/uns/dashboards/${original.id}/clone`, { name: original.name })).status).toBe(409);
    expect((await api.post(`/uns/dashboards/${newId()}/clone`, { name: 'None' })).status).toBe(404);
  });

  it('tell two editors of one another', async () => {
    const { id } = await create();
    const edits = ['A', 'B', 'C', 'D'].map((name) =>
      api.patch(`/uns/dashboards/${id}`, { name: `${name} ${id}` }, { 'If-Match': '"1"' }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 412, 412, 412]);
    // Without what they saw, each of them is kept.
    const added = await Promise.all(
      [1, 2, 3, 4].map(() => api.post(`/uns/dashboards/${id}/panels`, { type: 'text', options: { text: 'x' } })),
    );
    expect(added.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const { version, panels } = (await api.get(`/uns/dashboards/${id}`)).body.data;
    expect([version, panels.length]).toEqual([6, 5]);
  });

  it.each<[object, string]>([
    [{ name: undefined }, 'Name is required'],
    [{ folderId: newId() }, 'Folder not found'],
    [{ timeRange: { from: 'now' } }, 'To is required'],
    [{ timeRange: { from: 'now', to: 'now-1h' } }, 'From must be earlier than to'],
    [{ refreshSeconds: -1 }, 'Refresh seconds must not be less than 0'],
    [{ panels: 'none' }, 'Panels must be an array'],
    [{ panels: [[]] }, expect.stringMatching(/^Panels: each value .* must be an object/) as never],
    [{ variables: [[]] }, expect.stringMatching(/^Variables: each value .* must be an object/) as never],
    [{ panels: [{ ...TEMPERATURE, queries: [[]] }] }, expect.stringMatching(/^Queries: each value/) as never],
    [{ panels: [{ ...TEMPERATURE, type: 'pie' }] }, expect.stringContaining('Type must be one of') as never],
    [{ panels: [{ ...TEMPERATURE, options: { colour: 'red' } }] }, 'Option colour is not known to panels of type line'],
    [{ panels: [{ ...TEMPERATURE, extra: 1 }] }, 'Extra is not a known field'],
    [{ panels: [{ ...TEMPERATURE, position: { x: 24, y: 0, w: 1, h: 1 } }] }, 'X must not be greater than 23'],
    [{ panels: [TEMPERATURE, TEMPERATURE] }, 'Id temperature is given to two panels'],
    [{ variables: [] }, 'Variable line is not defined'],
    [{ variables: [{ ...LINE, values: ['a/b'] }] }, 'Value must not contain /, + or #'],
    [{ variables: [{ ...LINE, name: 'a-b' }] }, 'Name must be a letter, then up to 49 letters, digits or _'],
    [
      { panels: Array.from({ length: 101 }, () => ({ type: 'text' })) },
      'Panels must contain no more than 100 elements',
    ],
    [
      { panels: [{ ...TEMPERATURE, queries: Array.from({ length: 21 }, () => TEMPERATURE.queries[0]) }] },
      'Queries must contain no more than 20 elements',
    ],
    [
      { variables: Array.from({ length: 21 }, (_, index) => ({ ...LINE, name: `v${index}` })) },
      'Variables must contain no more than 20 elements',
    ],
    [
      { panels: [{ type: 'text', options: { text: 'x'.repeat(20_001) } }] },
      expect.stringContaining('text must NOT have more than 20000 characters') as never,
    ],
  ])('refuse %#', async (change, message) => {
    const before = (await api.get('/uns/dashboards')).body.meta.total;
    const answer = await api.post('/uns/dashboards', { ...DASHBOARD, name: newId(), ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request', message } });
    expect((await api.get('/uns/dashboards')).body.meta.total).toBe(before);
  });

  it('name every problem by its place', async () => {
    const panels = [
      { ...TEMPERATURE, options: { colour: 1, decimals: 99 } },
      { type: 'text', queries: TEMPERATURE.queries },
    ];
    const { body } = await api.post('/uns/dashboards', { ...DASHBOARD, name: newId(), panels });
    expect(body.details.map(({ field }: { field: string }) => field)).toEqual([
      'panels[0].options.colour',
      'panels[0].options.decimals',
      'panels[1].queries',
    ]);
  });

  it('are bounded in size and number', async () => {
    const panels = Array.from({ length: 100 }, () => ({ type: 'text', options: { text: 'ä'.repeat(20_000) } }));
    expect(await api.post('/uns/dashboards', { name: newId(), panels })).toMatchObject({ status: 413 });
    const organizationId = await app.newOrganization();
    await app.database.inOrganization(organizationId, (manager) =>
      manager.query(
        `INSERT INTO dashboards (id, organization_id, name, time_range, refresh_seconds, variables, panels, created_by, updated_by)
         SELECT gen_random_uuid(), $1, 'Dashboard ' || n, '{}', 0, '[]', '[]', $1, $1 FROM generate_series(1, 999) AS n`,
        [organizationId],
      ),
    );
    const other = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const last = await Promise.all([1, 2].map((n) => other.post('/uns/dashboards', { name: `Last ${n}` })));
    expect(last.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it('are written down in the trail with what was changed', async () => {
    const { id } = await create({ name: 'Trail' });
    await api.patch(`/uns/dashboards/${id}`, { name: 'Trail 2', panels: [] });
    await api.delete(`/uns/dashboards/${id}`);
    const { data } = (await api.get(`/audit?entityId=${id}`)).body;
    expect(data.map(({ action, details }: { action: string; details: object }) => [action, details])).toEqual([
      ['dashboard.delete', null],
      ['dashboard.update', { version: 2, summary: '1 panel removed, renamed' }],
      ['dashboard.create', { version: 1 }],
    ]);
  });

  it('belong to their organization', async () => {
    const { id } = await create();
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get('/uns/dashboards')).body.meta.total).toBe(0);
    for (const path of ['', '/panels', '/panels/temperature', '/data', '/variables']) {
      expect((await other.get(`/uns/dashboards/${id}${path}`)).status).toBe(404);
    }
    expect((await other.patch(`/uns/dashboards/${id}`, { name: 'Theirs' })).status).toBe(404);
    const folder = (await api.post('/uns/dashboards/folders', { name: 'Ours' })).body.data.id;
    expect((await other.post('/uns/dashboards', { name: 'Theirs', folderId: folder })).status).toBe(400);
  });

  it('tell what panels can be', async () => {
    const { data } = (await api.get('/uns/dashboards/panel-types')).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual([
      ...['line', 'bar', 'area', 'stat', 'gauge', 'table', 'state-timeline', 'text'],
    ]);
    for (const { type, example: options } of data) await create({ panels: [{ type, options }] });
  });
});
