import { newId } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { asOwner } from '#platform/database';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { entries } from './audit-api';

describe('what was done', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(['audit:read', 'uns:read', 'uns:write', 'uns:publish']));
  });

  afterAll(() => app.stop());

  const newTopic = (): string => `mHv1.0/audit/${newId()}`;

  const create = async (description?: string): Promise<{ id: string; topic: string }> => {
    const topic = newTopic();
    const { status, body } = await api.post(
      '/uns/topics',
      { topic, description },
      { 'X-Request-ID': `create-${topic}` },
    );
    expect(status).toBe(201);
    return { topic, id: body.data.id };
  };

  it('is in the trail with who, what, where and the change', async () => {
    const { id, topic } = await create('before');
    const requestId = newId();
    await api.patch(`/uns/topics/${id}`, { description: 'after' }, { 'X-Request-ID': requestId });
    const [updated, created] = await entries(api, { entityId: id });
    expect(created).toMatchObject({ action: 'topic.create', changes: { description: { from: null, to: 'before' } } });
    expect(updated).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/Z$/),
      action: 'topic.update',
      result: 'done',
      reason: null,
      count: 1,
      user: { id: expect.any(String), email: app.admin.email },
      credential: { kind: 'token', id: expect.any(String) },
      clientId: null,
      entity: { type: 'topic', id, name: topic },
      changes: { description: { from: 'before', to: 'after' } },
      details: null,
      address: expect.stringContaining('127.0.0.1'),
      requestId,
    });
  });

  it('is not in the trail when it was refused, or when data made the topic', async () => {
    const { id } = await create();
    expect((await api.patch(`/uns/topics/${id}`, { description: 'x' }, { 'If-Match': '"7"' })).status).toBe(412);
    const topic = newTopic();
    await api.post('/uns/data/publish', { topic, value: 1 });
    const made = await api.get(`/uns/topics/by-path?topic=${topic}`);
    expect(await entries(api, { entityId: id })).toHaveLength(1);
    expect(await entries(api, { entityId: made.body.data.id })).toEqual([]);
  });

  it('begins with the first start', async () => {
    const [made] = await entries(api, { action: 'organization.create' });
    expect(made).toMatchObject({ user: null, entity: { type: 'organization', id: app.organizationId } });
    const [admin] = await entries(api, { action: 'user.create', instance: 'true' });
    expect(admin).toMatchObject({ entity: { name: app.admin.email }, details: { systemAdmin: true } });
  });

  it('is forgotten together with a change that is rolled back', async () => {
    const entity = { type: 'topic', id: newId() };
    const work = app.database.inOrganization(app.organizationId, async () => {
      await app.nest.get(AuditTrail).record({ action: 'topic.test', organizationId: app.organizationId, entity });
      throw new Error('the change fails after all');
    });
    await expect(work).rejects.toThrow('after all');
    expect(await entries(api, { entityId: entity.id })).toEqual([]);
  });

  it('does not happen when it cannot be written down', async () => {
    const { id, topic } = await create('before');
    const refuse = (on: boolean) =>
      asOwner(app.config, (owner) =>
        owner.query(
          on
            ? `ALTER TABLE audit_entries ADD CONSTRAINT nothing_more CHECK (action NOT LIKE 'topic.%') NOT VALID`
            : 'ALTER TABLE audit_entries DROP CONSTRAINT nothing_more',
        ),
      );
    const other = newTopic();
    await refuse(true);
    try {
      expect((await api.patch(`/uns/topics/${id}`, { description: 'after' })).status).toBe(500);
      expect((await api.post('/uns/topics', { topic: other })).status).toBe(500);
    } finally {
      await refuse(false);
    }
    expect((await api.get(`/uns/topics/by-path?topic=${topic}`)).body.data.description).toBe('before');
    expect((await api.get(`/uns/topics/by-path?topic=${other}`)).status).toBe(404);
    // The topic that was not made is known to nobody.
    expect((await api.post('/uns/data/publish', { topic: other, value: 1 })).status).toBe(200);
    expect((await api.get(`/uns/data/recent?topic=${other}`)).body.data).toHaveLength(1);
  });

  it('cannot be written for an organization that the transaction is not for', async () => {
    const entry = { action: 'topic.test', organizationId: await app.newOrganization() };
    const work = app.database.inOrganization(app.organizationId, () => app.nest.get(AuditTrail).record(entry));
    await expect(work).rejects.toThrow('row-level security');
  });

  it.each(['UPDATE audit_entries SET result = $$refused$$', 'DELETE FROM audit_entries', 'TRUNCATE audit_entries'])(
    'cannot be changed by requests: %s',
    async (statement) => {
      const work = app.database.inOrganization(app.organizationId, (manager) => manager.query(statement));
      await expect(work).rejects.toThrow('permission denied');
    },
  );

  it.each(['UPDATE audit_entries SET action = action', 'TRUNCATE audit_entries'])(
    'cannot be changed by the instance: %s',
    async (statement) => {
      const work = app.database.asSystem((manager) => manager.query(statement));
      await expect(work).rejects.toThrow('permission denied');
    },
  );

  it('can be removed by the instance when it is old, and not before', async () => {
    const removed = await app.database.asSystem(async (manager) => {
      await manager.query(`INSERT INTO audit_entries (id, at, action, result, count)
        VALUES (gen_random_uuid(), now() - interval '2 days', 'old.test', 'done', 1)`);
      const [rows] = await manager.query<[object[], number]>('DELETE FROM audit_entries RETURNING action');
      return rows;
    });
    expect(removed).toEqual([{ action: 'old.test' }]);
  });

  it('is kept within bounds, without tokens and what the database cannot store', async () => {
    const id = newId();
    const token = `mh_pat_${'x'.repeat(43)}`;
    const { organizationId } = app;
    await app.nest.get(AuditTrail).record({
      action: 'topic.test',
      organizationId,
      entity: { type: 'topic', id, name: `a\0${token}\ud800${'ä'.repeat(1_000)}` },
      changes: { text: { from: null, to: 'ä'.repeat(100_000) } },
      details: { [token.slice(0, 3)]: [token], list: Array.from({ length: 50_000 }, (_, index) => index) },
    });
    const [entry] = await entries(api, { entityId: id });
    expect(entry!.entity!.name).toMatch(/^a\[redacted\]�ä+…$/);
    expect(entry!.entity!.name).toHaveLength(200);
    expect(entry!.changes).toEqual({ cut: true, text: { from: null, to: expect.stringMatching(/^ä{499}…$/) } });
    expect(entry!.details).toEqual({ cut: true, mh_: ['[redacted]'], list: expect.stringMatching(/^\[0,1,.*…$/) });
  });
});
