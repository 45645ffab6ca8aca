import { ALL_SCOPES, newId } from '#kernel';
import { PipelineDefinitions, PipelineTriggers } from '#pipelines';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { newPipeline, SOUND, webhook } from './pipelines-api';

describe('the triggers of enabled pipelines', () => {
  let app: TestApp;
  let api: ApiClient;
  let triggers: PipelineTriggers;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
    triggers = app.nest.get(PipelineTriggers, { strict: false });
  });

  afterAll(() => app.stop());

  const nodesOf = async (pipelineId: string) =>
    (await triggers.of(app.organizationId)).filter((row) => row.pipelineId === pipelineId).map(({ nodeId }) => nodeId);

  const revision = async () => (await triggers.revisions()).get(app.organizationId) ?? 0;

  /** Whether the work was noticed by those who watch. */
  async function noticed(work: () => Promise<{ status: number }>): Promise<boolean> {
    const before = await revision();
    expect((await work()).status).toBeLessThan(300);
    return (await revision()) > before;
  }

  it('are kept true with every change of one', async () => {
    const created = await newPipeline(api);
    const { id } = created;
    const path = `/engine/pipelines/${id}`;
    expect(await nodesOf(id)).toEqual([]);
    expect(await noticed(() => api.post(`${path}/enable`))).toBe(true);
    expect(await nodesOf(id)).toEqual(['start']);
    expect(await noticed(() => api.patch(path, { description: 'other' }))).toBe(false);
    expect(await noticed(() => api.patch(`${path}/nodes/start`, { position: { x: 1, y: 1 } }))).toBe(false);
    const second = { id: 'second', name: 'Second', type: 'trigger.manual' };
    expect(await noticed(() => api.post(`${path}/nodes`, second))).toBe(true);
    expect(await nodesOf(id)).toEqual(['start', 'second']);
    expect(await noticed(() => api.patch(`${path}/nodes/second`, { parameters: { outputData: 5 } }))).toBe(true);
    expect(await noticed(() => api.patch(`${path}/nodes/second`, { disabled: true }))).toBe(true);
    expect(await nodesOf(id)).toEqual(['start']);
    expect(await noticed(() => api.patch(`${path}/nodes/second`, { disabled: false }))).toBe(true);
    expect(await noticed(() => api.delete(`${path}/nodes/second`))).toBe(true);
    expect(await nodesOf(id)).toEqual(['start']);
    expect(await noticed(() => api.put(path, { name: created.name, nodes: [second] }))).toBe(true);
    expect(await nodesOf(id)).toEqual(['second']);
    expect(await noticed(() => api.post(`${path}/versions/1/revert`))).toBe(true);
    expect(await nodesOf(id)).toEqual(['start']);
    expect(await noticed(() => api.post(`${path}/disable`))).toBe(true);
    expect(await nodesOf(id)).toEqual([]);
    expect(await noticed(() => api.patch(path, { enabled: true }))).toBe(true);
    expect(await noticed(() => api.delete(path))).toBe(true);
    expect(await nodesOf(id)).toEqual([]);
  });

  it('are there at once for a pipeline that begins enabled', async () => {
    const { id } = await newPipeline(api, { ...SOUND, enabled: true });
    const [row] = (await triggers.of(app.organizationId)).filter(({ pipelineId }) => pipelineId === id);
    expect(row).toMatchObject({ type: 'trigger.manual', parameters: { outputData: { value: 5 } }, webhookPath: null });
    expect(await triggers.of(await app.newOrganization())).toEqual([]);
  });

  it('have webhook paths that no other enabled pipeline of the instance has', async () => {
    const path = `orders/${newId()}`;
    const ours = await newPipeline(api, { ...webhook(path), enabled: true });
    expect(await triggers.byWebhookPath(path)).toMatchObject({ pipelineId: ours.id, nodeId: 'hook' });
    const organizationId = await app.newOrganization();
    const other = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const theirs = await newPipeline(other, webhook(path));
    const taken = { status: 409, body: { error: 'conflict', message: `Webhook path ${path} is taken` } };
    expect(await other.post(`/engine/pipelines/${theirs.id}/enable`)).toMatchObject(taken);
    const unchanged = (await other.get(`/engine/pipelines/${theirs.id}`)).body.data;
    expect(unchanged).toMatchObject({ enabled: false, version: 1 });
    expect((await api.post(`/engine/pipelines/${ours.id}/disable`)).status).toBe(200);
    expect((await other.post(`/engine/pipelines/${theirs.id}/enable`)).status).toBe(200);
    expect(await triggers.byWebhookPath(path)).toMatchObject({ organizationId, pipelineId: theirs.id });
    expect(await api.post(`/engine/pipelines/${ours.id}/enable`)).toMatchObject(taken);
    expect((await other.delete(`/engine/pipelines/${theirs.id}`)).status).toBe(204);
    expect(await triggers.byWebhookPath(path)).toBeUndefined();
  });

  it('may change their webhook paths with one another', async () => {
    const [one, two] = [newId(), newId()];
    const hooks = (first: string, second: string) => [
      { id: 'a', name: 'A', type: 'trigger.webhook', parameters: { path: first } },
      { id: 'b', name: 'B', type: 'trigger.webhook', parameters: { path: second } },
    ];
    const { id } = await newPipeline(api, { nodes: hooks(one, two), enabled: true });
    expect((await api.patch(`/engine/pipelines/${id}`, { nodes: hooks(two, one) })).status).toBe(200);
    expect(await triggers.byWebhookPath(one)).toMatchObject({ nodeId: 'b' });
    const same = await api.patch(`/engine/pipelines/${id}`, { nodes: hooks(one, one) });
    expect(same.body.message).toBe(`Webhook path ${one} is taken`);
    expect(await triggers.byWebhookPath(two)).toMatchObject({ nodeId: 'a' });
  });

  it('go to one of those who enable the same path at the same time', async () => {
    const path = newId();
    const pipelines = await Promise.all([1, 2, 3, 4].map(() => newPipeline(api, webhook(path))));
    const answers = await Promise.all(pipelines.map(({ id }) => api.post(`/engine/pipelines/${id}/enable`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  });

  describe('with secrets', () => {
    const SECRET = 'c2VjcmV0LWtleQ';
    const secretWebhook = (auth: object) => webhook(newId(), { auth });

    it('show them to nobody, and keep them sealed', async () => {
      const { id, nodes } = await newPipeline(api, { ...secretWebhook({ 'X-Key': SECRET }), enabled: true });
      expect(nodes[0].parameters.auth).toEqual({ 'X-Key': '********' });
      const path = `/engine/pipelines/${id}`;
      const clone = await api.post(`${path}/clone`, { name: `Clone ${newId()}` });
      const answers = [
        await api.get(path),
        await api.get(`${path}/nodes`),
        await api.get(`${path}/nodes/hook`),
        await api.patch(`${path}/nodes/hook`, { disabled: false }),
        await api.post(`${path}/nodes/hook/rename`, { name: 'Other' }),
        await api.get(`${path}/versions/1`),
        await api.get(`${path}/versions/compare?from=1&to=2`),
        await api.post(`${path}/versions/1/revert`),
        await api.get('/audit'),
        clone,
      ];
      expect(answers.filter(({ status, text }) => status > 201 || text.includes(SECRET))).toEqual([]);
      const rows = await app.database.asSystem((manager) =>
        manager.query(
          `SELECT p::text FROM pipelines p UNION ALL SELECT v::text FROM pipeline_versions v
           UNION ALL SELECT t::text FROM pipeline_triggers t`,
        ),
      );
      expect(JSON.stringify(rows)).not.toContain(SECRET);
      const [row] = (await triggers.of(app.organizationId)).filter(({ pipelineId }) => pipelineId === id);
      expect(row!.parameters).toMatchObject({ auth: { 'X-Key': SECRET } });
      const definitions = app.nest.get(PipelineDefinitions, { strict: false });
      for (const pipelineId of [id, clone.body.data.id as string]) {
        const { definition } = await definitions.current(app.organizationId, pipelineId);
        expect(definition.nodes[0]!.parameters).toMatchObject({ auth: { 'X-Key': SECRET } });
      }
    });

    it('keep those whose mask is sent back', async () => {
      const content = secretWebhook({ 'X-Key': SECRET });
      const { id, name, nodes } = await newPipeline(api, { ...content, enabled: true });
      const before = await revision();
      expect((await api.put(`/engine/pipelines/${id}`, { name, nodes })).status).toBe(200);
      expect(await revision()).toBe(before);
      const { path } = content.nodes[0]!.parameters;
      const change = (auth: object) => api.patch(`/engine/pipelines/${id}/nodes/hook`, { parameters: { path, auth } });
      expect(await change({ 'X-Other': '********' })).toMatchObject({
        status: 400,
        body: { message: 'Hook: The secret is required', details: [{ field: 'nodes[0].parameters.auth.X-Other' }] },
      });
      expect((await change({ 'X-Key': '********', 'X-Other': 'two' })).status).toBe(200);
      expect(await triggers.byWebhookPath(path)).toMatchObject({
        parameters: { auth: { 'X-Key': SECRET, 'X-Other': 'two' } },
      });
    });
  });
});
