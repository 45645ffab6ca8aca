import { newId } from '#kernel';
import { MqttGate } from '#platform/mqtt';
import { createTestApp, eventually, type TestApp } from '#testing';

describe('organizations', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  const sql = (query: string, values: unknown[]) =>
    app.database.asSystem((manager) => manager.query<object[]>(query, values));

  it('are listed to their members, and all of them to a system administrator', async () => {
    const organizationId = await app.newOrganization('Plant North');
    const member = app.api(await app.signIn(await app.newUser('viewer', organizationId)));
    const own = (await member.get('/organizations')).body;
    expect(own).toMatchObject({
      data: [{ id: organizationId, name: 'Plant North', status: 'active' }],
      meta: { total: 1 },
    });
    const admin = app.api(await app.signIn());
    expect((await admin.get('/organizations?search=north')).body.data).toHaveLength(1);
    expect((await admin.get('/organizations')).body.meta.total).toBeGreaterThan(1);
  });

  it('are read by their members alone', async () => {
    const member = app.api(await app.signIn(await app.newUser('viewer')));
    const read = await member.get(`/organizations/${app.organizationId}`);
    expect(read.status).toBe(200);
    expect(read.headers.get('etag')).toBe('"1"');
    const foreign = await app.newOrganization();
    const answers = [await member.get(`/organizations/${foreign}`), await member.get(`/organizations/${newId()}`)];
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({ error: 'forbidden', message: 'You are not a member of this organization' });
    }
    expect((await member.get('/organizations/none')).status).toBe(404);
  });

  it('turn callers away in the contract’s order', async () => {
    const organizationId = await app.newOrganization();
    const editor = await app.newUser('editor', organizationId);
    const reader = app.api(await app.newToken(['models:read'], editor), organizationId);
    const path = '/uns/topics';
    const answer = async () => (await reader.get(path)).body.error as string;

    const noHeader = await reader.get(path, { 'X-Organization-ID': 'none' });
    expect(noHeader.status).toBe(422);
    expect(noHeader.body).toEqual({
      error: 'missing_organization',
      message: 'Personal Access Token requests require the X-Organization-ID header',
    });
    expect(await answer()).toBe('insufficient_scope');

    await sql(`UPDATE organizations SET maintenance = '{"message":"Upgrade"}' WHERE id = $1`, [organizationId]);
    const closed = await eventually(async () => {
      const now = await reader.get(path);
      expect(now.status).toBe(503);
      return now;
    });
    expect(closed.body).toEqual({ error: 'maintenance', message: 'Upgrade' });
    expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(0);
    const admin = app.api(await app.signIn(await app.newUser('admin', organizationId)), organizationId);
    expect((await admin.get(path)).status).toBe(200);

    await sql(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [organizationId]);
    await eventually(async () => (await answer()) === 'organization_suspended');
    await sql('DELETE FROM memberships WHERE user_id = $1', [editor.id]);
    await eventually(async () => (await answer()) === 'forbidden');
  });

  it('let MQTT clients in by token, with the rights of now', async () => {
    const gate = app.nest.get(MqttGate);
    const user = await app.newUser('editor');
    const token = await app.newToken(['uns:publish:mHv1.0/a/#', 'uns:read'], user);
    const principal = (await gate.signIn(app.organizationId.toUpperCase(), token))!;
    expect(principal.organizationId).toBe(app.organizationId);
    expect([principal.mayPublish('mHv1.0/a/b'), principal.mayPublish('mHv1.0/b')]).toEqual([true, false]);
    expect(principal.maySubscribe('mHv1.0/#')).toBe(true);
    expect(await principal.refresh()).toBe(principal);

    expect(await gate.signIn(await app.newOrganization(), token)).toBeUndefined();
    expect(await gate.signIn('none', token)).toBeUndefined();
    expect(await gate.signIn(app.organizationId, 'mh_pat_wrong')).toBeUndefined();

    await sql(`UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [user.id]);
    const later = await eventually(async () => {
      const now = (await principal.refresh())!;
      expect(now.mayPublish('mHv1.0/a/b')).toBe(false);
      return now;
    });
    await sql('UPDATE access_tokens SET revoked_at = now() WHERE user_id = $1', [user.id]);
    await eventually(async () => (await later.refresh()) === undefined);
  });
});
