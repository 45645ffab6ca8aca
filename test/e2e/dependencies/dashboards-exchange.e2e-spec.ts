import { ALL_SCOPES, newId, type Member } from '#kernel';
import type { Portable } from '#platform/dependencies';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { adminIn, checked, contentsIn, portableOf } from './portables';
import { referencesIn } from './references';

const CONTENT = {
  description: 'What the line does',
  variables: [{ name: 'line', values: ['line-1'] }],
  panels: [{ id: 'speed', type: 'line', queries: [{ topic: 'mHv1.0/${line}/speed' }] }],
};

describe('dashboards that leave and enter', () => {
  let app: TestApp;
  let dashboards: Portable;
  let member: Member;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    dashboards = portableOf(app, 'dashboard');
  });

  beforeEach(async () => {
    member = adminIn(await app.newOrganization());
    api = app.api(await app.newToken(ALL_SCOPES), member.organizationId);
  });

  afterAll(() => app.stop());

  const bring = async (name: string, where = member): Promise<string> => {
    const id = newId();
    await dashboards.create(where, { id, name, content: checked(dashboards, name, CONTENT) });
    return id;
  };

  const folders = async () =>
    ((await api.get('/uns/dashboards/folders?sort=name')).body.data as { name: string }[]).map(({ name }) => name);

  it('lie in the same folders elsewhere, which are made where they are missing', async () => {
    await bring('Plant/Line ~1 2/Speeds');
    await bring('plant/Line ~1 2/Torques');
    const id = await bring('Speeds');
    expect(await folders()).toEqual(['Line / 2', 'Plant']);
    const left = await contentsIn(dashboards, member.organizationId);
    expect([...left.keys()].sort()).toEqual(['Plant/Line ~1 2/Speeds', 'Plant/Line ~1 2/Torques', 'Speeds']);
    expect((await api.get(`/uns/dashboards/${id}`)).body.data).toMatchObject({ name: 'Speeds', folderId: null });

    const there = adminIn(await app.newOrganization());
    for (const [name, { content }] of left) await dashboards.create(there, { id: newId(), name, content });
    const came = await contentsIn(dashboards, there.organizationId);
    expect([...came].map(([name, { content }]) => [name, content])).toEqual(
      [...came.keys()].map((name) => [name, left.get(name)!.content]),
    );
    expect(came.size).toBe(3);
    expect(await referencesIn(app, there.organizationId)).toHaveLength(3);
  });

  it('are changed where they are, and taken back; folders stay', async () => {
    const id = await bring('Plant/Speeds');
    const before = (await contentsIn(dashboards, member.organizationId)).get('Plant/Speeds')!;
    const content = checked(dashboards, 'Plant/Speeds', { ...CONTENT, refreshSeconds: 5 });
    await dashboards.update(member, { ...before, name: 'PLANT/SPEEDS', content });
    const after = await contentsIn(dashboards, member.organizationId);
    expect([...after].map(([name, entity]) => [name, entity.content])).toEqual([['Plant/SPEEDS', content]]);
    await expect(dashboards.update(member, before)).rejects.toMatchObject({ kind: 'precondition_failed' });
    await expect(bring('plant/speeds')).rejects.toMatchObject({ kind: 'conflict' });
    await dashboards.delete(member, id);
    expect((await dashboards.names(member.organizationId)).size).toBe(0);
    expect(await folders()).toEqual(['Plant']);
  });
});
