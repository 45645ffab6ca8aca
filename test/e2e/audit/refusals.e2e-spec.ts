import { ALL_SCOPES, newId } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Lifecycle } from '#platform/lifecycle';
import { createTestApp, eventually, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { MqttClients } from '../mqtt/mqtt-clients';
import { entries, type Entry } from './audit-api';

describe('what was refused', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const refused = (query: Record<string, string>): Promise<Entry[]> => entries(api, { result: 'refused', ...query });

  /** Of that user, once it is written. */
  const firstOf = (userId: string, query: Record<string, string> = {}): Promise<Entry> =>
    eventually(async () => (await refused({ userId, ...query }))[0]);

  it('stands in the organization’s trail for its members: a scope', async () => {
    const user = await app.newUser('viewer');
    const member = app.api(await app.newToken(['uns:read'], user));
    expect((await member.patch(`/uns/topics/${newId()}`, {})).status).toBe(403);
    expect(await firstOf(user.id)).toMatchObject({
      action: 'access.refuse',
      reason: 'Token does not have the required scope for this action',
      user: { email: user.email },
      credential: { kind: 'token' },
      entity: { type: 'route', id: 'PATCH /api/v1/uns/topics/:id' },
      details: { method: 'PATCH', route: '/api/v1/uns/topics/:id', scope: 'uns:write' },
    });
  });

  it('stands there for a role, and for what a service refuses', async () => {
    const user = await app.newUser('viewer');
    const member = app.api(await app.newToken(['uns:write', 'uns:read:mHv1.0/mine/#'], user));
    await member.post('/uns/topics', { topic: 'mHv1.0/a' });
    expect(await firstOf(user.id)).toMatchObject({
      reason: 'Your role does not allow this action',
      details: { scope: 'uns:write' },
    });
    await member.get('/uns/data/recent?topic=mHv1.0/others');
    await eventuallyPasses(async () => expect(await refused({ userId: user.id })).toHaveLength(2));
  });

  it('stands in the instance’s trail for those whom the organization has not let in', async () => {
    const organizationId = await app.newOrganization();
    const admin = await app.newUser('admin', organizationId);
    const owner = app.api(await app.newToken(ALL_SCOPES, admin), organizationId);
    const stranger = await app.newUser('admin');
    await app.api(await app.newToken(ALL_SCOPES, stranger), organizationId).get('/uns/topics');
    const entry = await firstOf(stranger.id, { instance: 'true' });
    expect(entry).toMatchObject({ reason: expect.stringContaining('not a member'), details: { organizationId } });
    expect(await entries(owner)).toEqual([]);
  });

  it('cannot be written into the trail of an organization from outside any call', async () => {
    const userId = newId();
    const { organizationId } = app;
    const entry = { action: 'thing.test', organizationId, actor: { userId, email: 'x@example.com' } };
    app.nest.get(AuditTrail).refused(entry, 'no');
    expect(await firstOf(userId, { instance: 'true' })).toMatchObject({ details: { organizationId } });
    expect(await refused({ userId })).toEqual([]);
  });

  it('is kept when the transaction is rolled back in which it was refused', async () => {
    const userId = newId();
    const entry = { action: 'thing.test', actor: { userId, email: 'y@example.com' } };
    const work = app.database.asSystem(() => {
      app.nest.get(AuditTrail).refused(entry, 'no');
      return Promise.reject(new Error('refused'));
    });
    await expect(work).rejects.toThrow('refused');
    expect(await firstOf(userId, { instance: 'true' })).toMatchObject({ action: 'thing.test', reason: 'no' });
  });

  it('counts tokens that are none by address, whatever they are sent to', async () => {
    const nobody = app.api(`mh_pat_${'x'.repeat(43)}`);
    const others = app.api(`mh_pat_${'y'.repeat(43)}`);
    await Promise.all([
      nobody.get('/uns/topics'),
      others.get('/auth/me'),
      nobody.get('/audit'),
      app.stranger.get('/audit'),
    ]);
    const query = { action: 'access.refuse', instance: 'true' };
    const of401 = (found: Entry[]) => found.filter(({ reason }) => reason === 'missing or invalid token');
    const [first] = await eventually(async () => {
      const found = of401(await refused(query));
      return found.length > 0 && found;
    });
    expect(first).toMatchObject({ user: null, address: expect.stringContaining('127.0.0.1'), count: 1 });
    expect(of401(await refused(query))).toHaveLength(1);
  });

  it('tells of MQTT clients that may not connect or publish', async () => {
    const { mqttUrl, organizationId: id } = app;
    const mqtt = new MqttClients(mqttUrl);
    expect(await mqtt.connack({ id, token: 'mh_pat_wrong' })).not.toBe(0);
    const stranger = await app.newUser();
    const strangerToken = await app.newToken(ALL_SCOPES, stranger);
    expect(await mqtt.connack({ id, token: strangerToken })).not.toBe(0);
    expect(await firstOf(stranger.id, { instance: 'true' })).toMatchObject({
      action: 'mqtt.connect',
      address: expect.stringContaining('127.0.0.1'),
      details: { organizationId: id },
    });
    expect(await refused({ action: 'mqtt.connect', instance: 'true' })).toHaveLength(2);

    const member = await app.newUser('editor');
    const client = await mqtt.connect({ id, token: await app.newToken(['uns:publish:mHv1.0/mine/#'], member) });
    for (const level of ['a', 'b']) {
      await expect(client.publishAsync(`mHv1.0/others/${level}`, '1', { qos: 1 })).rejects.toThrow();
    }
    await mqtt.end();
    const [entry, ...more] = await eventually(async () => {
      const found = await refused({ userId: member.id });
      return found.length > 0 && found;
    });
    expect(entry).toMatchObject({ action: 'mqtt.publish', count: 1, details: { topic: 'mHv1.0/others/a' } });
    expect(more).toEqual([]);
  });
});

describe('at the end', () => {
  it('refusals that are still counted are written before the database closes', async () => {
    const app = await createTestApp();
    const trail = app.nest.get(AuditTrail);
    for (let index = 0; index < 500; index++) trail.refused({ action: 'thing.test' }, 'no');
    const counts = (): Promise<{ count: number }[]> =>
      app.database.asSystem((manager) =>
        manager.query(`SELECT count FROM audit_entries WHERE action = 'thing.test' ORDER BY count`),
      );
    let found: { count: number }[] = [];
    const look = () => eventually(async () => (found = await counts()).length === 2);
    // Parts of one phase stop together, and this one ahead of the database.
    app.nest.get(Lifecycle).atShutdown('queues', 'a look at the trail', look);
    await app.stop();
    expect(found).toEqual([{ count: 1 }, { count: 499 }]);
  });
});
