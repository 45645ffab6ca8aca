import { ALL_SCOPES, newId } from '#kernel';
import { OrganizationSettings } from '#organizations';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, endlessly, MANUAL, pipelineOf, run, type TestNode } from './pipelines';

const code = (name: string, text: string, settings: object = {}): TestNode => ({
  name,
  type: 'code.javascript',
  parameters: { code: text },
  settings,
});
const wait = (name: string, duration: string): TestNode => ({ name, type: 'flow.wait', parameters: { duration } });
const publish = (name: string, topic: string, value: string): TestNode => ({
  name,
  type: 'system.uns.publish',
  parameters: { topic, value },
});

jest.setTimeout(120_000);

describe('an execution', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const start = async (id: string, payload: unknown = null): Promise<string> =>
    (await api.post(`/engine/pipelines/${id}/execute`, { payload })).body.data.executionId;

  const query = <R>(sql: string, parameters: unknown[] = []): Promise<R[]> =>
    app.database.asSystem((manager) => manager.query<R[]>(sql, parameters));

  const openState = async (id: string): Promise<string | undefined> =>
    (await query<{ state: string }>('SELECT state FROM open_executions WHERE id = $1', [id]))[0]?.state;

  interface Ended {
    status: string;
    error: { message: string; nodeName?: string } | null;
  }

  const ended = (id: string): Promise<Ended> =>
    eventually(
      async () => {
        const [row] = await query<Ended>('SELECT status, error FROM executions WHERE id = $1', [id]);
        return row!.status !== 'queued' && row!;
      },
      { timeout: 60_000 },
    );

  const valuesOf = async (topic: string): Promise<unknown[]> =>
    (await api.get(`/uns/data/recent?topic=${topic}&limit=1000`)).body.data.map(
      ({ value }: { value: unknown }) => value,
    );

  /** A lock that the test has until it lets go, and whether so many connections stand still because of it. */
  async function hold(sql: string, parameters: unknown[] = []) {
    const taken = Promise.withResolvers<number>();
    const released = Promise.withResolvers<void>();
    const holding = app.database.asSystem(async (manager) => {
      await manager.query(sql, parameters);
      const [row] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      taken.resolve(row!.pid);
      await released.promise;
    });
    holding.catch(taken.reject);
    const pid = await taken.promise;
    const held = `WITH RECURSIVE held AS (
      SELECT $1::int AS pid UNION SELECT a.pid FROM pg_stat_activity a JOIN held h ON h.pid = ANY (pg_blocking_pids(a.pid))
    ) SELECT count(*)::int - 1 AS count FROM held`;
    return {
      holdsUp: async (least: number) => (await query<{ count: number }>(held, [pid]))[0]!.count >= least,
      letGo: () => {
        released.resolve();
        return holding;
      },
    };
  }

  it('lies down while it waits for long, and goes on where it was', async () => {
    const topic = `mHv1.0/${newId()}`;
    const nodes = [
      MANUAL,
      publish('Before', topic, '{{ 1 }}'),
      wait('Rest', '15s'),
      publish('After', topic, '{{ 2 }}'),
    ];
    const id = await start(await create(api, pipelineOf(nodes)));
    await eventually(async () => (await openState(id)) === 'parked');
    expect(await ended(id)).toMatchObject({ status: 'completed' });
    expect(await valuesOf(topic)).toEqual([2, 1]);
    const [row] = await query<{ fence: number }>(
      'SELECT count(*)::int AS fence FROM execution_checkpoints WHERE execution_id = $1',
      [id],
    );
    expect(row!.fence).toBe(0);
  });

  it('calls another pipeline and goes on with what its last node gave', async () => {
    const called = await create(
      api,
      pipelineOf([MANUAL, wait('Rest', '400ms'), code('Double', '$trigger.payload.n * 2')]),
    );
    const nodes = [
      MANUAL,
      {
        name: 'Call',
        type: 'flow.pipeline',
        parameters: { pipelineId: called, payload: { n: '{{ $trigger.payload }}' } },
      },
      code('Next', '$input[0].result + 1'),
    ];
    const { output, status } = await run(api, await create(api, pipelineOf(nodes)), 20);
    expect([status, output]).toEqual(['completed', { result: 41 }]);
  });

  it('ends when pipelines call each other without end', async () => {
    const body = pipelineOf([MANUAL, { name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: newId() } }]);
    const id = (await api.post('/engine/pipelines', body)).body.data.id;
    const nodes = [MANUAL, { name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: id } }];
    const { nodes: own, edges } = pipelineOf(nodes);
    const changed = await api.patch(`/engine/pipelines/${id}`, { nodes: own, edges, enabled: true });
    expect(changed.status).toBe(200);
    const { status, error } = await run(api, id);
    expect([status, error.message]).toEqual(['failed', expect.stringContaining('more than 10 deep')]);
  });

  it('is cancelled in the middle of a node, in a wait and in the queue', async () => {
    const endless = await create(api, pipelineOf(endlessly(code('Endless', 'for (;;) {}'))));
    const resting = await create(api, pipelineOf([MANUAL, wait('Rest', '1h')]));
    const alone = await create(api, pipelineOf([MANUAL, wait('Rest', '1h')], undefined, { overlap: 'queue' }));
    const [running, parked, first] = [await start(endless), await start(resting), await start(alone)];
    await eventually(async () => (await openState(running)) === 'running');
    await eventually(async () => (await openState(parked)) === 'parked' && (await openState(first)) === 'parked');
    const queued = await start(alone);
    for (const id of [running, parked, queued, first]) {
      expect((await api.post(`/engine/executions/${id}/cancel`)).status).toBe(200);
      expect(await ended(id)).toMatchObject({ status: 'cancelled' });
    }
  });

  it('is cancelled also in the moment in which it goes to rest', async () => {
    const resting = await create(api, pipelineOf([MANUAL, wait('Rest', '1h')]));
    // What it writes of its history before it rests stands still until its row is locked.
    const history = await hold('LOCK TABLE execution_nodes IN SHARE MODE');
    const id = await start(resting);
    await eventually(() => history.holdsUp(1));
    const row = await hold('SELECT FROM open_executions WHERE id = $1 FOR UPDATE', [id]);
    await history.letGo();
    await eventually(() => row.holdsUp(1));
    const cancelling = api.post(`/engine/executions/${id}/cancel`);
    await eventually(() => row.holdsUp(2));
    await row.letGo();
    expect((await cancelling).status).toBe(200);
    expect(await ended(id)).toMatchObject({ status: 'cancelled' });
  });

  it('fails when it takes longer than it may, and when one of its nodes does', async () => {
    const slow = await create(api, pipelineOf([MANUAL, wait('Rest', '1h')], undefined, { timeoutSeconds: 1 }));
    expect((await ended(await start(slow))).error?.message).toContain('longer than 1 s');
    const endless = await create(api, pipelineOf([MANUAL, code('Endless', 'for (;;) {}')]));
    expect(await ended(await start(endless))).toMatchObject({ status: 'failed', error: { nodeName: 'Endless' } });
  });

  it('runs one at a time, skips or restarts, as the overlap rule says', async () => {
    const nodes = [MANUAL, wait('Rest', '1h')];
    const skip = await create(api, pipelineOf(nodes, undefined, { overlap: 'skip' }));
    const first = await start(skip);
    expect((await api.post(`/engine/pipelines/${skip}/execute`, {})).status).toBe(409);
    await api.post(`/engine/executions/${first}/cancel`);
    await ended(first);
    expect((await api.post(`/engine/pipelines/${skip}/execute`, {})).status).toBe(202);

    const restart = await create(api, pipelineOf(nodes, undefined, { overlap: 'restart' }));
    const old = await start(restart);
    await eventually(async () => (await openState(old)) === 'parked');
    const fresh = await start(restart);
    expect(await ended(old)).toMatchObject({ status: 'cancelled' });
    await eventually(async () => (await openState(fresh)) === 'parked');

    const queue = await create(api, pipelineOf([MANUAL, wait('Rest', '300ms')], undefined, { overlap: 'queue' }));
    const ids = [await start(queue), await start(queue), await start(queue)];
    for (const id of ids) await ended(id);
    const rows = await query<{ started_at: Date; finished_at: Date }>(
      'SELECT started_at, finished_at FROM executions WHERE id = ANY ($1) ORDER BY id',
      [ids],
    );
    expect(rows[1]!.started_at.getTime()).toBeGreaterThanOrEqual(rows[0]!.finished_at.getTime());
    expect(rows[2]!.started_at.getTime()).toBeGreaterThanOrEqual(rows[1]!.finished_at.getTime());
  });

  it('is started once for each key, however often and from however many sides', async () => {
    const topic = `mHv1.0/${newId()}`;
    const id = await create(api, pipelineOf([MANUAL, publish('Note', topic, '{{ 1 }}')]));
    const execute = (payload: unknown) =>
      api.post(`/engine/pipelines/${id}/execute`, { payload }, { 'Idempotency-Key': 'order-7' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => execute(1)));
    const ids = new Set(answers.map(({ body }) => body.data.executionId));
    expect([answers.map(({ status }) => status), ids.size]).toEqual([Array(20).fill(202), 1]);
    expect((await execute(2)).status).toBe(409);
    await ended([...ids][0]);
    expect(await valuesOf(topic)).toEqual([1]);
  });

  it('tries again what failed, so often and so far apart as the node says', async () => {
    const rule = { retryOnFail: { attempts: 3, delayMs: 100, backoff: 'exponential' } };
    const missing = { pipelineId: newId() };
    const nodes = [MANUAL, { name: 'Call', type: 'flow.pipeline', parameters: missing, settings: rule }];
    const pipeline = pipelineOf(nodes);
    const id = (await api.post('/engine/pipelines', pipeline)).body.data.id;
    const { status, error } = await run(api, id);
    expect([status, error.nodeName]).toEqual(['failed', 'Call']);
  });

  it('goes on without a node that failed, at its error port', async () => {
    const nodes = [
      MANUAL,
      code('Bad', 'throw new Error("broken")', { onError: 'continue' }),
      code('Normal', '"normal"'),
      code('Repair', '$input[0].message'),
    ];
    const id = await create(api, pipelineOf(nodes, ['Start > Bad', 'Bad > Normal', 'Bad.error > Repair']));
    const { status, output } = await run(api, id);
    expect([status, output.result]).toEqual(['completed_with_errors', expect.stringContaining('broken')]);
  });

  it('stops where a node says so', async () => {
    const stop = (status: string) => ({ name: 'Stop', type: 'flow.stop', parameters: { status, message: 'enough' } });
    const after = [wait('Rest', '1h'), publish('Never', 'mHv1.0/never', '{{ 1 }}')];
    const ways = ['Start > Stop', 'Start > Rest', 'Rest > Never'];
    const good = await create(api, pipelineOf([MANUAL, stop('completed'), ...after], ways));
    const bad = await create(api, pipelineOf([MANUAL, stop('failed'), ...after], ways));
    expect((await run(api, good)).status).toBe('completed');
    expect(await run(api, bad)).toMatchObject({ status: 'failed', error: { message: 'enough' } });
    expect((await api.get('/uns/topics/by-path?topic=mHv1.0/never')).status).toBe(404);
  });

  it('stays queued while its organization is suspended', async () => {
    const organizationId = await app.newOrganization();
    const there = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const id = await create(there, pipelineOf([MANUAL, wait('Rest', '1h')]));
    const execution = (await there.post(`/engine/pipelines/${id}/execute`, {})).body.data.executionId;
    await eventually(async () => (await openState(execution)) === 'parked');
    expect((await api.post(`/organizations/${organizationId}/suspend`, { reason: 'unpaid' })).status).toBe(200);
    const settings = app.nest.get(OrganizationSettings, { strict: false });
    await eventually(async () => !(await settings.of(organizationId)).active);
    await query(`UPDATE open_executions SET due = now() - interval '1 minute' WHERE id = $1`, [execution]);
    await eventually(async () => (await openState(execution)) === 'queued');
    // It is taken up, and rests for the rest of its hour.
    expect((await api.post(`/organizations/${organizationId}/activate`)).status).toBe(200);
    await eventually(async () => (await openState(execution)) === 'parked');
  });

  it('has no more runs at the same time than its organization may', async () => {
    const organizationId = await app.newOrganization();
    const there = app.api(await app.newToken(ALL_SCOPES), organizationId);
    expect((await there.patch('/organizations/settings', { executions: { maxConcurrent: 3 } })).status).toBe(200);
    const id = await create(there, pipelineOf([MANUAL, wait('Rest', '500ms')]));
    await Promise.all(Array.from({ length: 12 }, () => there.post(`/engine/pipelines/${id}/execute`, {})));
    const count = async (sql: string) => (await query<{ count: number }>(sql, [id]))[0]!.count;
    await eventually(
      async () => (await count('SELECT count(*)::int AS count FROM open_executions WHERE pipeline_id = $1')) === 0,
      { timeout: 60_000 },
    );
    // How many were at work when one of them began; starts are stored in whole milliseconds.
    const most = await count(
      `SELECT max(beside)::int AS count FROM executions e CROSS JOIN LATERAL (
         SELECT count(*) AS beside FROM executions o WHERE o.pipeline_id = $1 AND o.started_at <= e.started_at
           AND date_trunc('milliseconds', o.finished_at) > e.started_at) AS others
       WHERE e.pipeline_id = $1`,
    );
    expect([2, 3]).toContain(most);
  });
});
