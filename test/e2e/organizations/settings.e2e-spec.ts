import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';

describe('settings', () => {
  let app: TestApp;
  let admin: ApiClient;
  let viewer: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
  });

  afterAll(() => app.stop());

  beforeEach(async () => {
    const id = await app.newOrganization();
    admin = app.api(await app.newToken(ALL_SCOPES, await app.newUser('admin', id)), id);
    viewer = app.api(await app.newToken(ALL_SCOPES, await app.newUser('viewer', id)), id);
  });

  it('have defaults, are changed field by field, and go back', async () => {
    const first = await viewer.get('/organizations/settings');
    expect(first.body.data).toMatchObject({
      timeZone: 'UTC',
      retention: { auditDays: 365 },
      maintenance: null,
      version: 1,
    });
    const changed = await admin.patch('/organizations/settings', {
      timeZone: 'Europe/Berlin',
      retention: { auditDays: 90 },
    });
    expect(changed.body.data).toMatchObject({
      timeZone: 'Europe/Berlin',
      retention: { recordsDays: 365, auditDays: 90 },
      version: 2,
    });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect((await admin.patch('/organizations/settings', { timeZone: null }, { 'If-Match': '"1"' })).status).toBe(412);
    const back = await admin.patch(
      '/organizations/settings',
      { timeZone: null, retention: null },
      { 'If-Match': '"2"' },
    );
    expect(back.body.data).toEqual({ ...first.body.data, version: 3 });
  });

  it('keep the history of every field', async () => {
    await admin.patch('/organizations/settings', { timeZone: 'Asia/Tokyo', executions: { maxConcurrent: 5 } });
    await admin.post('/organizations/settings/maintenance', { message: 'Moving' });
    const { data, meta } = (await admin.get('/organizations/settings/history?limit=1')).body;
    expect(data).toMatchObject([
      { field: 'maintenance', old: null, new: { message: 'Moving' }, userEmail: expect.stringContaining('@') },
    ]);
    await admin.delete('/organizations/settings/maintenance');
    const rest = (await admin.get(`/organizations/settings/history?cursor=${meta.nextCursor}`)).body;
    expect(
      rest.data.map(({ field, old, new: value }: Record<string, unknown>) => [field, old, value]).toSorted(),
    ).toEqual([
      ['executions.maxConcurrent', 100, 5],
      ['timeZone', 'UTC', 'Asia/Tokyo'],
    ]);
    expect(rest.meta.nextCursor).toBeNull();
    expect((await viewer.get('/organizations/settings/history?cursor=nonsense')).status).toBe(400);
  });

  it('that two change at once are both changed', async () => {
    const changes = [
      { timeZone: 'Asia/Tokyo' },
      { retention: { auditDays: 60 } },
      { executions: { maxConcurrent: 7 } },
    ];
    const answers = await Promise.all(changes.map((change) => admin.patch('/organizations/settings', change)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { data } = (await admin.get('/organizations/settings')).body;
    expect(data).toMatchObject({
      timeZone: 'Asia/Tokyo',
      retention: { auditDays: 60 },
      executions: { maxConcurrent: 7 },
      version: 4,
    });
  });

  it.each([
    [{ timeZone: 'Mars/Base' }],
    [{ timeZone: 5 }],
    [{ retention: { auditDays: 0 } }],
    [{ retention: { recordsDays: 1.5 } }],
    [{ retention: { other: 1 } }],
    [{ executions: { historyDetail: 'everything' } }],
    [{ executions: 5 }],
    [{ unknown: 1 }],
  ])('refuse %j', async (change) => {
    expect((await admin.patch('/organizations/settings', change)).status).toBe(400);
    expect((await admin.get('/organizations/settings')).body.data.version).toBe(1);
  });

  it('are changed by admins alone, and belong to their organization', async () => {
    expect((await viewer.patch('/organizations/settings', { timeZone: 'UTC' })).status).toBe(403);
    expect((await viewer.post('/organizations/settings/maintenance', { message: 'x' })).status).toBe(403);
    await admin.patch('/organizations/settings', { timeZone: 'Asia/Tokyo' });
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    expect((await other.get('/organizations/settings')).body.data.timeZone).toBe('UTC');
    expect((await other.get('/organizations/settings/history')).body.data).toEqual([]);
  });

  describe('maintenance', () => {
    const message = `Back at noon ${newId()}`;

    it('closes the organization for all but admins, and opens it again', async () => {
      const started = await admin.post('/organizations/settings/maintenance', { message });
      expect(started).toMatchObject({ status: 200, body: { data: { maintenance: { message } } } });
      const refused = await eventually(async () => {
        const answer = await viewer.get('/uns/topics');
        return answer.status === 503 && answer;
      });
      expect(refused.body).toEqual({ error: 'maintenance', message });
      expect(refused.headers.get('retry-after')).toBe('60');
      expect((await admin.get('/uns/topics')).status).toBe(200);
      expect((await admin.delete('/organizations/settings/maintenance')).status).toBe(204);
      await eventually(async () => (await viewer.get('/uns/topics')).status === 200);
      expect((await admin.delete('/organizations/settings/maintenance')).status).toBe(409);
    });

    it('with an end says how long it takes', async () => {
      const until = new Date(Date.now() + 600_000).toISOString();
      await admin.post('/organizations/settings/maintenance', { message, until });
      const refused = await eventually(async () => {
        const answer = await viewer.get('/uns/topics');
        return answer.status === 503 && answer;
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(300);
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(600);
    });

    it.each([[{}], [{ message: '' }], [{ message, until: 'noon' }], [{ message, until: '2020-01-01T00:00:00Z' }]])(
      'is not begun by %j',
      async (body) => {
        expect((await admin.post('/organizations/settings/maintenance', body)).status).toBe(400);
        expect((await viewer.get('/uns/topics')).status).toBe(200);
      },
    );
  });
});
