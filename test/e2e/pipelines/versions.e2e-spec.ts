import { ALL_SCOPES, newId } from '#kernel';
import { PipelineDefinitions } from '#pipelines';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { entries } from '../audit/audit-api';
import { newName, newPipeline, SOUND } from './pipelines-api';

const MOST_VERSIONS = 1_000;

describe('versions of a pipeline', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('tell what it was, what changed, and make it that again', async () => {
    const { id, name } = await newPipeline(api, { ...SOUND, labels: { a: '1' } });
    const path = `/engine/pipelines/${id}`;
    const [start, check] = SOUND.nodes;
    const conditions = ['$node["Start"].value > 4', 'true'];
    const changed = {
      name: `${name} renamed`,
      timeoutSeconds: 20,
      labels: { b: '2' },
      nodes: [start, { ...check, parameters: { conditions } }, { id: 'new', name: 'New', type: 'flow.wait' }],
      edges: [SOUND.edges[0], { id: 'c', source: 'check', sourcePort: 'false', target: 'new' }],
    };
    expect((await api.put(path, changed)).status).toBe(200);
    const { data, meta } = (await api.get(`${path}/versions`)).body;
    expect(meta).toEqual({ page: 1, limit: 25, total: 2 });
    const summary =
      '1 node added, 1 removed, 1 changed, 1 edge added, 1 removed, renamed, labels, timeoutSeconds changed';
    expect(data).toEqual([
      expect.objectContaining({ version: 2, current: true, changeType: 'updated', summary }),
      expect.objectContaining({ version: 1, current: false, changeType: 'created', summary: 'created' }),
    ]);
    const first = await api.get(`${path}/versions/1`);
    expect(first.body.data).toMatchObject({ version: 1, current: false, definition: { name, nodes: SOUND.nodes } });
    expect((await api.get(`${path}/versions/compare?from=1&to=2`)).body.data).toEqual({
      settings: [
        { field: 'name', from: name, to: changed.name },
        { field: 'labels.a', from: '1' },
        { field: 'labels.b', to: '2' },
        { field: 'timeoutSeconds', from: 300, to: 20 },
      ],
      nodes: {
        added: [{ id: 'new', name: 'New', type: 'flow.wait' }],
        removed: [{ id: 'set', name: 'Set', type: 'transform.set' }],
        changed: [
          {
            id: 'check',
            name: 'Check',
            changes: [
              { field: 'parameters.conditions[0]', from: '$node["Start"].value > 3', to: conditions[0] },
              { field: 'parameters.conditions[1]', to: 'true' },
            ],
          },
        ],
      },
      edges: {
        added: [{ id: 'c', source: 'check', sourcePort: 'false', target: 'new', targetPort: 'in' }],
        removed: [{ id: 'b', source: 'check', sourcePort: 'true', target: 'set', targetPort: 'in' }],
        changed: [],
      },
    });
    const revert = (ifMatch: string) => api.post(`${path}/versions/1/revert`, undefined, { 'If-Match': ifMatch });
    expect((await revert('"1"')).status).toBe(412);
    const reverted = await revert('"2"');
    expect(reverted.body.data).toMatchObject({ name, labels: { a: '1' }, nodes: SOUND.nodes, version: 3 });
    const [newest] = (await api.get(`${path}/versions`)).body.data;
    expect(newest).toMatchObject({ version: 3, current: true, changeType: 'reverted' });
  });

  it('are none but those that there are', async () => {
    const { id } = await newPipeline(api);
    for (const version of ['0', '2', 'x', '1.0', '99999999999']) {
      expect((await api.get(`/engine/pipelines/${id}/versions/${version}`)).status).toBe(404);
      expect((await api.post(`/engine/pipelines/${id}/versions/${version}/revert`)).status).toBe(404);
    }
    expect((await api.get(`/engine/pipelines/${id}/versions/compare?from=1&to=2`)).status).toBe(404);
    expect((await api.get(`/engine/pipelines/${id}/versions/compare?from=1`)).status).toBe(400);
  });

  it('are not gone back to where the pipeline would no longer do', async () => {
    const { id, name } = await newPipeline(api, {});
    await api.put(`/engine/pipelines/${id}`, { name: newName(), ...SOUND, enabled: true });
    const refused = await api.post(`/engine/pipelines/${id}/versions/1/revert`);
    expect(refused).toMatchObject({ status: 400, body: { message: 'No trigger starts it' } });
    await api.post(`/engine/pipelines/${id}/disable`);
    await newPipeline(api, { name });
    expect((await api.post(`/engine/pipelines/${id}/versions/1/revert`)).status).toBe(409);
    expect((await api.get(`/engine/pipelines/${id}`)).body.data).toMatchObject({ version: 3, nodes: SOUND.nodes });
  });

  it('are kept up to a thousand', async () => {
    const { id } = await newPipeline(api);
    await app.database.asSystem((manager) =>
      manager.query('UPDATE pipelines SET version = $2 WHERE id = $1', [id, MOST_VERSIONS]),
    );
    expect((await api.patch(`/engine/pipelines/${id}`, { description: 'd' })).body.data.version).toBe(
      MOST_VERSIONS + 1,
    );
    const { data } = (await api.get(`/engine/pipelines/${id}/versions`)).body;
    expect(data.map(({ version }: { version: number }) => version)).toEqual([MOST_VERSIONS + 1]);
  });

  it('stand in the audit trail', async () => {
    const { id } = await newPipeline(api);
    await api.post(`/engine/pipelines/${id}/enable`);
    await api.patch(`/engine/pipelines/${id}/nodes/set`, { disabled: true });
    await api.post(`/engine/pipelines/${id}/versions/1/revert`);
    await api.post(`/engine/pipelines/${id}/disable`);
    await api.post(`/engine/pipelines/${id}/disable`);
    await api.delete(`/engine/pipelines/${id}`);
    const trail = await entries(api, { entityId: id });
    expect(trail.map(({ action }) => action)).toEqual(
      ['delete', 'disable', 'revert', 'update', 'enable', 'create'].map((verb) => `pipeline.${verb}`),
    );
    expect(trail[3]).toMatchObject({ details: { version: 3, summary: '1 node changed' } });
  });

  it('are given to those who run them', async () => {
    const definitions = app.nest.get(PipelineDefinitions, { strict: false });
    const { organizationId } = app;
    const { id, name } = await newPipeline(api);
    const first = await definitions.current(organizationId, id);
    expect(first).toMatchObject({ id, version: 1, enabled: false, definition: { name, nodes: SOUND.nodes } });
    expect(await definitions.currentOf(organizationId, id)).toEqual({ version: 1, enabled: false });
    await api.patch(`/engine/pipelines/${id}`, { enabled: true, description: 'd' });
    const second = await definitions.current(organizationId, id);
    expect(second).toMatchObject({ version: 2, enabled: true, definition: { description: 'd' } });
    expect(await definitions.load(organizationId, id, 1)).toBe(first.definition);
    const other = await app.newOrganization();
    for (const [organization, pipeline] of [
      [other, id],
      [organizationId, newId()],
      [organizationId, 'none'],
    ] as const) {
      const notFound = { kind: 'not_found', message: 'Pipeline not found' };
      await expect(definitions.current(organization, pipeline)).rejects.toMatchObject(notFound);
      await expect(definitions.currentOf(organization, pipeline)).rejects.toMatchObject(notFound);
      await expect(definitions.load(organization, pipeline, 1)).rejects.toMatchObject({ kind: 'not_found' });
    }
    await expect(definitions.load(organizationId, id, 3)).rejects.toMatchObject({ message: 'Version not found' });
  });
});
