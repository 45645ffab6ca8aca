import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { MqttClients } from '../mqtt/mqtt-clients';

describe('organizations', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    admin = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const create = async (name = `Plant ${newId()}`): Promise<string> => {
    const answer = await admin.post('/organizations', { name });
    expect(answer.status).toBe(201);
    return answer.body.data.id;
  };

  it('are made, changed and found by system administrators', async () => {
    const made = await admin.post('/organizations', { name: 'Plant South', description: 'Presses' });
    const { id } = made.body.data;
    expect(made.headers.get('location')).toBe(`/api/v1/organizations/${id}`);
    expect(made.body.data).toMatchObject({
      name: 'Plant South',
      status: 'active',
      mqttPrefix: `org/${id}/`,
      version: 1,
    });
    const change = { name: 'Plant South-East', mqttPrefix: 'plants/south/' };
    const changed = await admin.patch(`/organizations/${id}`, change, { 'If-Match': '"1"' });
    expect(changed.body.data).toMatchObject({ ...change, description: 'Presses', version: 2 });
    expect((await admin.patch(`/organizations/${id}`, change, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await admin.get(`/organizations/${id}`)).body).toEqual(changed.body);
    expect((await admin.get('/organizations?search=south-EAST')).body.data).toHaveLength(1);
    expect((await admin.post('/organizations', { name: 'plant SOUTH-east' })).status).toBe(409);
    expect((await admin.patch(`/organizations/${await create()}`, { mqttPrefix: 'plants/south/' })).status).toBe(409);
    expect((await admin.patch(`/organizations/${id}`, { mqttPrefix: '#/' })).status).toBe(400);
    expect((await admin.patch(`/organizations/${id}`, { name: null })).status).toBe(400);
  });

  it('are administered by their admins, but made, closed and removed by system administrators alone', async () => {
    const id = await create();
    const own = app.api(await app.newToken(ALL_SCOPES, await app.newUser('admin', id)));
    expect((await own.patch(`/organizations/${id}`, { description: 'ours' })).status).toBe(200);
    const refused = [
      await own.post('/organizations', { name: 'Mine' }),
      await own.patch(`/organizations/${id}`, { mqttPrefix: 'mine/' }),
      await own.post(`/organizations/${id}/suspend`, { reason: 'x' }),
      await own.post(`/organizations/${id}/activate`),
      await own.delete(`/organizations/${id}`),
    ];
    expect(refused.map(({ status, body }) => [status, body.error])).toEqual(refused.map(() => [403, 'forbidden']));
    const editor = app.api(await app.newToken(ALL_SCOPES, await app.newUser('editor', id)));
    expect((await editor.get(`/organizations/${id}`)).status).toBe(200);
    expect((await editor.patch(`/organizations/${id}`, { description: 'x' })).status).toBe(403);
  });

  it('answer strangers as if they did not exist', async () => {
    const stranger = app.api(await app.newToken(ALL_SCOPES, await app.newUser('admin')));
    const id = await create();
    for (const path of [id, newId()]) {
      expect(await stranger.get(`/organizations/${path}`)).toMatchObject({ status: 403, body: { error: 'forbidden' } });
      expect((await stranger.get(`/organizations/${path}/members`)).status).toBe(403);
      expect((await stranger.get(`/organizations/${path}/logo`)).status).toBe(403);
    }
    expect((await stranger.get('/organizations/not-an-id')).status).toBe(404);
  });

  it('that are suspended soon turn everybody away, by every way', async () => {
    const id = await create();
    const user = await app.newUser('editor', id);
    const token = await app.newToken(ALL_SCOPES, user);
    const api = app.api(token, id);
    const mqtt = new MqttClients(app.mqttUrl);
    const client = await mqtt.connect({ id, token });
    expect((await api.get('/uns/topics')).status).toBe(200);

    const suspended = await admin.post(`/organizations/${id}/suspend`, { reason: 'Contract ended' });
    expect(suspended.body.data).toMatchObject({ status: 'suspended', suspendedReason: 'Contract ended' });
    await eventually(async () => (await api.get('/uns/topics')).status === 403);
    expect((await api.get('/uns/topics')).body.error).toBe('organization_suspended');
    expect((await api.get(`/organizations/${id}`)).body.error).toBe('organization_suspended');
    expect((await app.api(await app.newToken(ALL_SCOPES), id).get('/uns/topics')).body.error).toBe(
      'organization_suspended',
    );
    await eventually(() => !client.connected);
    expect(await mqtt.connack({ id, token })).not.toBe(0);

    expect((await admin.get(`/organizations/${id}`)).body.data.status).toBe('suspended');
    expect((await admin.post(`/organizations/${id}/activate`)).body.data).toMatchObject({
      status: 'active',
      suspendedReason: null,
    });
    await eventually(async () => (await api.get('/uns/topics')).status === 200);
  });

  it('that are deleted are gone for everybody, and their name is free', async () => {
    const name = `Plant ${newId()}`;
    const id = await create(name);
    const api = app.api(await app.newToken(ALL_SCOPES, await app.newUser('admin', id)), id);
    expect((await api.get('/uns/topics')).status).toBe(200);
    expect(await admin.delete(`/organizations/${id}`)).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect((await admin.delete(`/organizations/${id}?force=true`)).status).toBe(204);
    await eventually(async () => (await api.get('/uns/topics')).status === 403);
    await eventually(async () => (await admin.get(`/organizations/${id}`)).status === 403);
    expect((await admin.get(`/organizations?search=${name}`)).body.data).toEqual([]);
    await create(name);
  });

  it('are never all deleted', async () => {
    const others = (await admin.get('/organizations?limit=200')).body.data as { id: string }[];
    const answers = await Promise.all(others.map(({ id }) => admin.delete(`/organizations/${id}?force=true`)));
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused.map(({ body }) => body.message)).toEqual(['The last organization cannot be deleted']);
    expect((await admin.get('/organizations')).body.meta.total).toBe(1);
  });

  describe('members', () => {
    it('are added by e-mail address or id, listed with names, changed and removed', async () => {
      const id = await create();
      const [one, two] = [await app.newUser(), await app.newUser()];
      const added = await admin.post(`/organizations/${id}/members`, {
        email: one.email.toUpperCase(),
        role: 'viewer',
      });
      expect(added).toMatchObject({
        status: 201,
        body: { data: { id: one.id, email: one.email, role: 'viewer', version: 1 } },
      });
      expect((await admin.post(`/organizations/${id}/members`, { userId: two.id, role: 'editor' })).status).toBe(201);
      const listed = (await admin.get(`/organizations/${id}/members`)).body;
      expect(listed.meta.total).toBe(3);
      const found = (await admin.get(`/organizations/${id}/members?search=${two.email}`)).body.data;
      expect(found).toMatchObject([{ id: two.id, firstName: 'Test', lastName: 'User', role: 'editor' }]);
      const changed = await admin.patch(
        `/organizations/${id}/members/${one.id}`,
        { role: 'editor' },
        { 'If-Match': '"1"' },
      );
      expect(changed.body.data).toMatchObject({ role: 'editor', version: 2 });
      expect(
        (await admin.patch(`/organizations/${id}/members/${one.id}`, { role: 'viewer' }, { 'If-Match': '"1"' })).status,
      ).toBe(412);
      expect((await admin.delete(`/organizations/${id}/members/${one.id}`)).status).toBe(204);
      expect((await admin.delete(`/organizations/${id}/members/${one.id}`)).body.message).toBe('Member not found');
    });

    it.each([
      [{ role: 'viewer' }, 400, 'Either user id or email is required'],
      [{ userId: newId(), email: 'a@example.com', role: 'viewer' }, 400, 'Either user id or email is required'],
      [{ userId: newId(), role: 'viewer' }, 404, 'User not found'],
      [{ email: 'nobody@example.com', role: 'viewer' }, 404, 'User not found'],
      [{ email: 'admin@example.com', role: 'viewer' }, 409, 'The user is a member already'],
      [{ email: 'admin@example.com', role: 'owner' }, 400, expect.stringContaining('Role must be one of')],
    ])('%j cannot be added', async (body, status, message) => {
      const id = await create();
      expect(await admin.post(`/organizations/${id}/members`, body)).toMatchObject({ status, body: { message } });
    });

    it('soon have what their role gives, also by tokens that are in use', async () => {
      const id = await create();
      const user = await app.newUser('editor', id);
      const api = app.api(await app.newToken(ALL_SCOPES, user), id);
      const topic = (name: string) => api.post('/uns/topics', { topic: `mHv1.0/${name}` });
      expect((await topic('a')).status).toBe(201);
      await admin.patch(`/organizations/${id}/members/${user.id}`, { role: 'viewer' });
      await eventually(async () => (await topic(newId())).status === 403);
      await admin.delete(`/organizations/${id}/members/${user.id}`);
      await eventually(async () => (await api.get('/uns/topics')).status === 403);
    });

    it('include an admin always', async () => {
      const id = await create();
      const [self] = (await admin.get(`/organizations/${id}/members`)).body.data;
      expect((await admin.delete(`/organizations/${id}/members/${self.id}`)).status).toBe(409);
      expect((await admin.patch(`/organizations/${id}/members/${self.id}`, { role: 'viewer' })).status).toBe(409);
      expect((await admin.patch(`/organizations/${id}/members/${self.id}`, { role: 'admin' })).status).toBe(200);
      const other = await app.newUser('admin', id);
      const both = [self.id, other.id].map((userId) => admin.delete(`/organizations/${id}/members/${userId}`));
      expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([204, 409]);
    });
  });
});
