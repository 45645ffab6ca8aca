import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run, type TestNode } from './pipelines';

const MISSING = '0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d';

describe('a retry', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  const retry = (id: string, body: object = {}, fields = {}) =>
    api.post(`/engine/executions/${id}/retry`, body, fields);

  /** The retry when it has ended. */
  async function retried(id: string, body: object = {}) {
    const answer = await retry(id, body);
    if (answer.status !== 201) throw new Error(`the retry was answered ${answer.status}: ${answer.text}`);
    return ended(answer.body.data.id as string);
  }

  const ended = (id: string) =>
    eventually(async () => {
      const { data } = (await api.get(`/engine/executions/${id}`)).body;
      return data.finishedAt !== null && data;
    });

  const publish = (name: string, topic: string, settings: object = {}): TestNode => ({
    name,
    type: 'system.uns.publish',
    parameters: { topic, value: '{{ $trigger.payload }}' },
    settings,
  });

  const recordsOf = async (topic: string): Promise<number> =>
    (await api.get(`/uns/data/range?topic=mHv1.0/${topic}`)).body.data.length as number;

  /** Fails as long as the pipeline's second version is not run. */
  async function failing(topic: string) {
    const bad = { name: 'Check', type: 'code.javascript', parameters: { code: 'throw new Error("no")' } };
    const nodes = [MANUAL, publish('First', `${topic}/first`), bad, publish('Last', `${topic}/last`)];
    const body = pipelineOf(nodes);
    const id = await create(api, body);
    const mend = () =>
      api.patch(`/engine/pipelines/${id}/nodes/check`, { parameters: { code: '"fine"' } }).then(({ status, text }) => {
        if (status !== 200) throw new Error(text);
      });
    return { id, mend };
  }

  it('from where it failed does not do again what was done', async () => {
    const topic = newId();
    const { id, mend } = await failing(topic);
    const first = await run(api, id, 5);
    expect(first.status).toBe('failed');
    const again = await retried(first.id);
    expect(again).toMatchObject({
      status: 'failed',
      retryOf: first.id,
      trigger: 'retry',
      pipelineVersion: first.pipelineVersion,
    });
    await mend();
    const mended = await retried(first.id, { version: 'current' });
    expect(mended).toMatchObject({ status: 'completed', retryOf: first.id });
    expect(mended.pipelineVersion).toBeGreaterThan(first.pipelineVersion);
    expect([await recordsOf(`${topic}/first`), await recordsOf(`${topic}/last`)]).toEqual([1, 1]);
    const node = (await api.get(`/engine/executions/${mended.id}/nodes/first`)).body.data;
    expect(node).toMatchObject({ reused: true, output: { value: 5 } });
  });

  it('from its start does all of it again', async () => {
    const topic = newId();
    const { id, mend } = await failing(topic);
    const first = await run(api, id, 5);
    await mend();
    const again = await retried(first.id, { from: 'start', version: 'current' });
    expect(again.status).toBe('completed');
    expect(await recordsOf(`${topic}/first`)).toBe(2);
    expect((await retried(again.id, { from: 'start' })).status).toBe('completed');
  });

  it('repairs what failed and was passed over', async () => {
    const topic = newId();
    const wrong = { ...publish('Wrong', '{{ $trigger.payload.wrong }}', { onError: 'continue' }) };
    const nodes = [MANUAL, wrong, publish('Right', `${topic}/right`)];
    const id = await create(api, pipelineOf(nodes, ['Start > Wrong', 'Start > Right']));
    const first = await run(api, id, { wrong: 'a//b' });
    expect(first.status).toBe('completed_with_errors');
    const mended = await api.patch(`/engine/pipelines/${id}/nodes/wrong`, {
      parameters: { topic: `${topic}/wrong`, value: 1 },
    });
    expect(mended.status).toBe(200);
    const again = await retried(first.id, { version: 'current' });
    expect(again.status).toBe('completed');
    expect([await recordsOf(`${topic}/right`), await recordsOf(`${topic}/wrong`)]).toEqual([1, 1]);
  });

  it('takes nothing over of a node that is of another type by now', async () => {
    const topic = newId();
    const { id, mend } = await failing(topic);
    const first = await run(api, id, 5);
    await mend();
    const { body } = await api.get(`/engine/pipelines/${id}`);
    const nodes = body.data.nodes.map((node: { id: string }) =>
      node.id === 'first' ? { ...node, type: 'code.javascript', parameters: { code: '"other"' } } : node,
    );
    expect((await api.patch(`/engine/pipelines/${id}`, { nodes })).status).toBe(200);
    const again = await retried(first.id, { version: 'current' });
    expect(again.status).toBe('completed');
    const node = (await api.get(`/engine/executions/${again.id}/nodes/first`)).body.data;
    expect(node).toMatchObject({ reused: false, output: { result: 'other' } });
  });

  it('is one for each key, and has an address', async () => {
    const { id } = await failing(newId());
    const first = await run(api, id);
    const key = { 'Idempotency-Key': newId() };
    const answers = await Promise.all([retry(first.id, {}, key), retry(first.id, {}, key)]);
    const ids = new Set(answers.map(({ body }) => body.data.id as string));
    expect([answers.map(({ status }) => status), ids.size]).toEqual([[201, 201], 1]);
    expect(answers[0].headers.get('location')).toBe(`/api/v1/engine/executions/${[...ids][0]}`);
    const rows = await query('SELECT 1 FROM executions WHERE retry_of = $1', [first.id]);
    expect(rows).toHaveLength(1);
    const trail = await query(`SELECT 1 FROM audit_entries WHERE action = 'execution.retry' AND entity_id = $1`, [
      first.id,
    ]);
    expect(trail).toHaveLength(1);
  });

  it('is refused with the reason', async () => {
    const { id } = await failing(newId());
    const failed = await run(api, id);
    const completed = await run(api, await create(api, pipelineOf([MANUAL])));
    const waiting = { name: 'Wait', type: 'flow.wait', parameters: { duration: '1h' } };
    const open = await api.post(`/engine/pipelines/${await create(api, pipelineOf([MANUAL, waiting]))}/execute`, {});
    const told = async (executionId: string, body = {}) => {
      const { status, body: answer } = await retry(executionId, body);
      return [status, answer.message as string];
    };
    expect(await told(completed.id)).toEqual([
      409,
      expect.stringContaining('was completed: there is nothing to go on from'),
    ]);
    expect(await told(open.body.data.executionId as string)).toEqual([409, 'The execution has not ended']);
    expect(await told(MISSING)).toEqual([404, 'Execution not found']);
    await query(`UPDATE executions SET finished_at = now() - interval '8 days' WHERE id = $1`, [failed.id]);
    expect(await told(failed.id)).toEqual([409, expect.stringContaining('kept for 7 days')]);
    await query('UPDATE executions SET input = NULL WHERE id = $1', [failed.id]);
    expect(await told(failed.id, { from: 'start' })).toEqual([409, expect.stringContaining('not kept any more')]);
    await api.delete(`/engine/pipelines/${id}`);
    await query('UPDATE executions SET finished_at = now(), input = output WHERE id = $1', [failed.id]);
    expect(await told(failed.id)).toEqual([409, 'The pipeline was deleted']);
  });

  it('of many retries each that can be, and names the others', async () => {
    const topic = newId();
    const { id, mend } = await failing(topic);
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push((await run(api, id, count)).id as string);
    await query(`UPDATE executions SET finished_at = now() - interval '8 days' WHERE id = $1`, [ids[0]]);
    await mend();
    const many = (body: object) =>
      api.post('/engine/executions/retry', { pipelineId: id, version: 'current', ...body });
    const answer = await many({ limit: 4 });
    expect([answer.status, answer.body.data]).toEqual([
      202,
      { matched: 4, started: 3, refused: [{ id: ids[0], reason: expect.stringContaining('7 days') }], more: true },
    ]);
    expect((await many({ ids: [ids[4]], status: 'failed' })).body.data).toMatchObject({ matched: 1, started: 1 });
    expect((await many({ ids: [ids[4]], status: 'cancelled' })).body.data).toMatchObject({ matched: 0, started: 0 });
    expect((await many({ pipelineId: MISSING })).status).toBe(404);
    const rows = await query<{ id: string; retry_of: string }>(
      'SELECT id, retry_of FROM executions WHERE retry_of = ANY ($1)',
      [ids],
    );
    expect(rows.map((row) => row.retry_of).sort()).toEqual(ids.slice(1));
    const finished = await Promise.all(rows.map((row) => ended(row.id)));
    expect(finished.map(({ status }) => status as string)).toEqual(rows.map(() => 'completed'));
    expect(await recordsOf(`${topic}/first`)).toBe(5);
  });
});
