import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run } from '../executions/pipelines';

describe('pipelines that others use', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const path = (id: string): string => `/engine/pipelines/${id}`;
  const state = async (id: string) => (await api.get(path(id))).body;
  const caller = (pipelineId: string, name = `Caller ${newId()}`) =>
    pipelineOf([MANUAL, { name: 'Next', type: 'flow.pipeline', parameters: { pipelineId } }], undefined, { name });

  /** One that another one calls. */
  async function used() {
    const id = await create(api, pipelineOf([MANUAL]));
    const callerId = await create(api, caller(id));
    const { data } = await state(callerId);
    const via = ['nodes["Next"].parameters.pipelineId'];
    return { id, dependent: { type: 'pipeline', id: callerId, name: data.name as string, via } };
  }

  const changes: [string, (id: string, query?: string) => ReturnType<ApiClient['post']>][] = [
    ['deleted', (id, query = '') => api.delete(path(id) + query)],
    ['disabled', (id, query = '') => api.post(`${path(id)}/disable${query}`)],
    ['disabled by a change', (id, query = '') => api.patch(path(id) + query, { enabled: false })],
    [
      'disabled by being replaced',
      (id, query = '') => api.put(path(id) + query, { name: `Replaced ${id}`, enabled: false }),
    ],
  ];

  describe.each(changes)('%s', (_, change) => {
    it('is refused with all of them', async () => {
      const { id, dependent } = await used();
      const before = await state(id);
      const { status, body } = await change(id);
      expect([status, body.error]).toEqual([409, 'conflict']);
      expect(body.message).toBe(
        `Pipeline is used by pipeline ${dependent.name}; with force=true it is done all the same`,
      );
      expect(body.details.dependents).toEqual([{ ...dependent, weight: { runsLastHour: 0, lastSeen: null } }]);
      expect(await state(id)).toEqual(before);
    });

    it('is done with force, and told', async () => {
      const { id, dependent } = await used();
      const { status, body } = await change(id, '?force=true');
      expect([status, body]).toEqual([200, { data: { dependents: [expect.objectContaining(dependent)] } }]);
      expect((await state(id)).data?.enabled ?? false).toBe(false);
    });

    it('is only told with dryRun, whatever else is said', async () => {
      const { id, dependent } = await used();
      const before = await state(id);
      const entries = await api.get(`/audit?entityId=${id}&limit=1`);
      const { status, body } = await change(id, '?dryRun=true&force=true');
      expect([status, body]).toEqual([200, { data: { dependents: [expect.objectContaining(dependent)] } }]);
      expect(await state(id)).toEqual(before);
      expect((await api.get(`/audit?entityId=${id}&limit=1`)).body).toEqual(entries.body);
      expect((await api.get(`${path(id)}/versions`)).body.meta.total).toBe(before.data.version);
    });

    it('is done as ever where nobody uses it', async () => {
      const id = await create(api, pipelineOf([MANUAL]));
      const dry = await change(id, '?dryRun=true');
      expect([dry.status, dry.body]).toEqual([200, { data: { dependents: [] } }]);
      expect([200, 204]).toContain((await change(id)).status);
      expect((await state(id)).data?.enabled ?? false).toBe(false);
    });
  });

  it('are told with how much they run, the busiest first', async () => {
    const { id, dependent } = await used();
    const busy = await create(api, caller(id, `A busy one ${newId()}`));
    await run(api, busy);
    const { body } = await api.delete(`${path(id)}?dryRun=true`);
    expect(body.data.dependents).toEqual([
      expect.objectContaining({ id: busy, weight: { runsLastHour: 1, lastSeen: expect.any(String) } }),
      expect.objectContaining({ id: dependent.id, weight: { runsLastHour: 0, lastSeen: null } }),
    ]);
  });

  it('are not asked before the version, nor for pipelines there are not', async () => {
    const { id } = await used();
    const stale = { 'If-Match': '"99"' };
    expect((await api.delete(`${path(id)}?dryRun=true`, stale)).status).toBe(412);
    expect((await api.post(`${path(id)}/disable?force=true`, undefined, stale)).status).toBe(412);
    expect((await api.delete(`${path(newId())}?dryRun=true`)).status).toBe(404);
  });

  it('may be changed otherwise, also with force', async () => {
    const { id } = await used();
    const changed = await api.patch(`${path(id)}?force=true`, { description: 'New' });
    expect([changed.status, changed.body.data.description]).toEqual([200, 'New']);
    expect(changed.headers.get('etag')).toBe(`"${changed.body.data.version}"`);
    const dry = await api.patch(`${path(id)}?dryRun=true`, { description: 'Newer' });
    expect([dry.status, dry.body]).toEqual([200, { data: { dependents: [] } }]);
    expect((await state(id)).data.description).toBe('New');
  });

  it('that are disabled already are disabled again without anybody asked', async () => {
    const { id } = await used();
    await api.post(`${path(id)}/disable?force=true`);
    expect((await api.post(`${path(id)}/disable`)).body.data).toMatchObject({ id, enabled: false });
    expect((await api.post(`${path(id)}/disable?force=true`)).body).toEqual({ data: { dependents: [] } });
  });

  it('do not stand against themselves', async () => {
    const id = await create(api, pipelineOf([MANUAL]));
    const next = { name: 'Again', type: 'flow.pipeline', parameters: { pipelineId: id } };
    expect((await api.patch(path(id), pipelineOf([MANUAL, next]))).status).toBe(200);
    expect((await api.delete(path(id))).status).toBe(204);
  });

  it('can be disabled at the same time where they use each other', async () => {
    const first = await create(api, pipelineOf([MANUAL]));
    const second = await create(api, caller(first));
    const next = { name: 'Next', type: 'flow.pipeline', parameters: { pipelineId: second } };
    const { nodes, edges } = pipelineOf([MANUAL, next]);
    expect((await api.patch(path(first), { nodes, edges })).status).toBe(200);
    const answers = await Promise.all([first, second].map((id) => api.post(`${path(id)}/disable?force=true`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('are those of the organization alone', async () => {
    const { id } = await used();
    const other = app.api(await app.newToken(ALL_SCOPES), await app.newOrganization());
    const stranger = await create(other, caller(id));
    expect((await other.delete(path(id))).status).toBe(404);
    const { body } = await api.delete(`${path(id)}?dryRun=true`);
    expect(body.data.dependents.map((dependent: { id: string }) => dependent.id)).not.toContain(stranger);
  });
});
