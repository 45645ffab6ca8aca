import { ALL_SCOPES, newId } from '#kernel';
import { DashboardViews } from '#dashboards';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { referencesIn } from './references';

describe('dashboards in the graph', () => {
  let app: TestApp;
  let organizationId: string;
  let api: ApiClient;
  let views: DashboardViews;

  beforeAll(async () => {
    app = await createTestApp();
    views = app.nest.get(DashboardViews, { strict: false });
  });

  beforeEach(async () => {
    organizationId = await app.newOrganization();
    api = app.api(await app.newToken(ALL_SCOPES), organizationId);
  });

  afterAll(() => app.stop());

  const panel = (topic: string) => ({ id: 'p', title: 'Speed', type: 'line', queries: [{ topic }] });

  const newDashboard = async (body: object): Promise<string> =>
    (await api.post('/uns/dashboards', { name: newId(), ...body })).body.data.id as string;

  const targets = async () => (await referencesIn(app, organizationId)).map(({ kind, target }) => `${kind} ${target}`);

  it('refer to what they show, whichever way they are changed', async () => {
    const line = { name: 'line', topics: 'mHv1.0/+/speed' };
    const id = await newDashboard({ variables: [line], panels: [panel('mHv1.0/${line}/rpm')] });
    const choice = 'matches topic:mHv1.0/+/speed';
    expect(await targets()).toEqual(['matches topic:mHv1.0/+/rpm', choice]);
    await api.post(`/uns/dashboards/${id}/panels`, { type: 'stat', queries: [{ topic: 'mHv1.0/a' }] });
    expect(await targets()).toEqual(['matches topic:mHv1.0/+/rpm', choice, 'uses topic:mHv1.0/a']);
    await api.delete(`/uns/dashboards/${id}/panels/p`);
    expect(await targets()).toEqual([choice, 'uses topic:mHv1.0/a']);
    await api.put(`/uns/dashboards/${id}`, { name: 'Line', panels: [panel('mHv1.0/b')] });
    expect(await targets()).toEqual(['uses topic:mHv1.0/b']);
    const clone = await api.post(`/uns/dashboards/${id}/clone`, { name: 'Other' });
    expect(await targets()).toHaveLength(2);
    await api.delete(`/uns/dashboards/${clone.body.data.id}`);
    await api.delete(`/uns/dashboards/${id}`);
    expect(await targets()).toEqual([]);
  });

  it('are open as long as somebody has looked at them lately', async () => {
    const id = await newDashboard({});
    const key = { type: 'dashboard', key: id };
    const weight = async () => (await views.weights(organizationId, [key])).get(`dashboard:${id}`);
    expect(await weight()).toEqual({ openNow: 0, lastSeen: null });

    const user = await app.newUser('viewer', organizationId);
    const viewer = app.api(await app.newToken(['dashboards:read', 'uns:read'], user), organizationId);
    expect((await viewer.get(`/uns/dashboards/${id}/data`)).status).toBe(200);
    expect((await viewer.get(`/uns/dashboards/${id}/viewers`)).body.data).toMatchObject({ openNow: 1 });
    const seen = await api.get(`/uns/dashboards/${id}/viewers`);
    expect(seen.body.data).toEqual({ openNow: 2, lastSeen: expect.any(String) });
    expect(await weight()).toEqual(seen.body.data);

    const age = (interval: string) =>
      app.database.asSystem((manager) =>
        manager.query(`UPDATE dashboard_views SET seen_at = seen_at - $2::interval WHERE organization_id = $1`, [
          organizationId,
          interval,
        ]),
      );
    await age('3 minutes');
    expect(await weight()).toEqual({ openNow: 0, lastSeen: expect.any(String) });
    await age('2 days');
    await views.expire();
    expect(await weight()).toEqual({ openNow: 0, lastSeen: expect.any(String) });
    const rows = await app.database.asSystem((manager) =>
      manager.query<object[]>('SELECT 1 FROM dashboard_views WHERE organization_id = $1', [organizationId]),
    );
    expect(rows).toHaveLength(1);
  });

  it('that do not exist are looked at by nobody', async () => {
    expect((await api.get(`/uns/dashboards/${newId()}/viewers`)).status).toBe(404);
    expect((await api.get('/uns/dashboards/no-id/viewers')).status).toBe(404);
  });
});
