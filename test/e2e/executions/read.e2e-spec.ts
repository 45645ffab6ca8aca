import { ALL_SCOPES } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run, type TestNode } from './pipelines';

const code = (name: string, text: string, settings: object = {}): TestNode => ({
  name,
  type: 'code.javascript',
  parameters: { code: text },
  settings,
});

describe('history', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const data = async (path: string) => {
    const answer = await api.get(`/engine/executions${path}`);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body.data;
  };

  const faulty = code('Maybe', 'if ($trigger.payload.bad) throw new Error("bad"); return 1');
  const waiting = { name: 'Wait', type: 'flow.wait', parameters: { duration: '1h' } };

  /** A pipeline with an execution of each kind, oldest first. */
  async function someOfAll() {
    const id = await create(api, pipelineOf([MANUAL, faulty]));
    const ids: string[] = [];
    for (const bad of [false, true, false]) ids.push((await run(api, id, { bad })).id);
    return { id, ids };
  }

  describe('as a list', () => {
    it('tells the newest first, in stretches', async () => {
      const { id, ids } = await someOfAll();
      const first = await api.get(`/engine/executions?pipelineId=${id}&limit=2`);
      expect(first.body.data.map((one: { id: string }) => one.id)).toEqual(ids.toReversed().slice(0, 2));
      const { nextCursor } = first.body.meta;
      const rest = await api.get(`/engine/executions?pipelineId=${id}&limit=2&cursor=${nextCursor}`);
      expect(rest.body).toMatchObject({ data: [{ id: ids[0] }], meta: { nextCursor: null } });
    });

    it('lets through what the filters say', async () => {
      const { id, ids } = await someOfAll();
      const found = async (query: string) =>
        (await data(`?pipelineId=${id}${query}`)).map((one: { id: string }) => one.id);
      const { createdAt } = await data(`/${ids[1]}`);
      expect(await found('&status=failed')).toEqual([ids[1]]);
      expect(await found('&status=completed')).toEqual([ids[2], ids[0]]);
      expect(await found('&trigger=schedule')).toEqual([]);
      expect(await found(`&from=${createdAt}`)).toEqual([ids[2], ids[1]]);
      expect(await found(`&to=${createdAt}`)).toEqual([ids[0]]);
      expect(await found('&status=running')).toEqual([]);
    });

    it('tells what is queued and what is running', async () => {
      const id = await create(api, pipelineOf([MANUAL, waiting], undefined, { overlap: 'queue' }));
      const begin = async (): Promise<string> =>
        (await api.post(`/engine/pipelines/${id}/execute`, {})).body.data.executionId as string;
      const first = await begin();
      await eventually(async () => (await data(`/${first}`)).status === 'running');
      const second = await begin();
      expect(await data(`?pipelineId=${id}&status=running`)).toMatchObject([{ id: first, status: 'running' }]);
      expect(await data(`?pipelineId=${id}&status=queued`)).toMatchObject([{ id: second, status: 'queued' }]);
    });

    it.each(['status=odd', 'from=yesterday', 'cursor=abc', 'pipelineId=1', 'limit=0'])('refuses %s', async (query) => {
      expect((await api.get(`/engine/executions?${query}`)).status).toBe(400);
    });
  });

  it('keeps what the pipeline asks for', async () => {
    const detail = async (historyDetail: string) => {
      const id = await create(
        api,
        pipelineOf([MANUAL, code('Say', '$trigger.payload.text')], undefined, { historyDetail }),
      );
      const { id: executionId } = await run(api, id, { text: 'hello' });
      return { nodes: await data(`/${executionId}/nodes`), id: executionId as string };
    };
    const minimal = await detail('minimal');
    expect(minimal.nodes).toEqual([]);
    expect((await api.get(`/engine/executions/${minimal.id}/nodes/say`)).status).toBe(404);

    const standard = await detail('standard');
    // In the order they began, unless that was in the same millisecond.
    const byId = (one: { nodeId: string }, other: { nodeId: string }) => (one.nodeId < other.nodeId ? -1 : 1);
    expect(standard.nodes.toSorted(byId)).toMatchObject([
      { nodeId: 'say', nodeName: 'Say', attempts: 1, reused: false, ports: ['out'], iterations: null, failed: null },
      { nodeId: 'start', nodeName: 'Start', type: 'trigger.manual', status: 'completed' },
    ]);
    const withoutData = await data(`/${standard.id}/nodes/say`);
    expect(Object.keys(withoutData)).not.toEqual(expect.arrayContaining(['input']));
    expect(withoutData).toMatchObject({ status: 'completed', error: null });

    const full = await detail('full');
    expect(await data(`/${full.id}/nodes/start`)).toMatchObject({ output: { payload: { text: 'hello' } } });
    expect(await data(`/${full.id}/nodes/say`)).toMatchObject({
      iteration: null,
      input: { code: '$trigger.payload.text' },
      output: { result: 'hello' },
    });
  });

  it('cuts what is long, and says so', async () => {
    const id = await create(api, pipelineOf([MANUAL, code('Long', '"x".repeat(100000)')]));
    const { id: executionId, output } = await run(api, id);
    expect(output.result).toHaveLength(100_000);
    const { output: kept } = await data(`/${executionId}/nodes/long`);
    expect(kept).toEqual({ $cut: { bytes: 100_013, start: expect.stringMatching(/^\{"result":"x{100,}$/) } });
  });

  it('tells why a node failed', async () => {
    const id = await create(api, pipelineOf([MANUAL, faulty]));
    const { id: executionId } = await run(api, id, { bad: true });
    const node = await data(`/${executionId}/nodes/maybe`);
    expect(node).toMatchObject({
      status: 'failed',
      error: { nodeName: 'Maybe', message: expect.stringContaining('bad') },
    });
  });

  describe('of a loop', () => {
    const loop = () =>
      pipelineOf([
        MANUAL,
        { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: '$trigger.payload', stopOnError: false } },
        code('Odd', 'if ($item % 5 === 4) throw new Error("four"); return $item'),
        { name: 'End', type: 'flow.endforeach' },
      ]);
    let id: string;

    beforeAll(async () => {
      const items = Array.from({ length: 12 }, (_, index) => index);
      id = (await run(api, await create(api, loop()), items)).id;
    });

    it('tells a node once, with how often it ran and failed', async () => {
      const nodes = await data(`/${id}/nodes`);
      const odd = nodes.find((node: { nodeId: string }) => node.nodeId === 'odd');
      expect(odd).toMatchObject({ status: 'failed', iterations: 12, failed: 2, attempts: 12, ports: ['out'] });
      expect(nodes.find((node: { nodeId: string }) => node.nodeId === 'each')).toMatchObject({ iterations: null });
    });

    it('tells its iterations by their numbers, in stretches and by status', async () => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor && `&cursor=${cursor}`;
        const { body } = await api.get(`/engine/executions/${id}/nodes/odd/iterations?limit=5${query}`);
        seen.push(...body.data.map(({ iteration }: { iteration: string }) => iteration));
        cursor = body.meta.nextCursor as string | null;
      }
      expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => String(index)));
      const failed = await data(`/${id}/nodes/odd/iterations?status=failed`);
      expect(failed).toMatchObject([
        { iteration: '4', message: expect.stringContaining('four') },
        { iteration: '9', status: 'failed' },
      ]);
    });

    it('tells the data of one iteration', async () => {
      expect(await data(`/${id}/nodes/odd?iteration=10`)).toMatchObject({ iteration: '10', output: { result: 10 } });
      const answers = await Promise.all(
        ['odd', 'odd?iteration=99', 'odd?iteration=x', 'none', 'none/iterations'].map((path) =>
          api.get(`/engine/executions/${id}/nodes/${path}`),
        ),
      );
      expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
        [400, 'Iteration is required: the node ran in a loop'],
        [404, 'Iteration not found'],
        [400, expect.stringContaining('teration must be numbers')],
        [404, 'Node not found'],
        [404, 'Node not found'],
      ]);
    });
  });

  it('counts runs by how they ended, and tells how long they took', async () => {
    const { id } = await someOfAll();
    const stats = await data(`/stats?pipelineId=${id}`);
    expect(stats).toMatchObject({
      complete: true,
      counts: { queued: 0, running: 0, completed: 2, failed: 1, completed_with_errors: 0, cancelled: 0 },
      successRate: 2 / 3,
      now: { queued: 0, running: 0, parked: 0 },
    });
    expect(stats.runsPerSecond).toBeCloseTo(3 / 86_400, 6);
    const { p50, p95, p99 } = stats.durationMs;
    expect([p50 <= p95, p95 <= p99]).toEqual([true, true]);
    const before = await data(`/stats?pipelineId=${id}&to=${stats.from}`);
    expect(before).toMatchObject({ counts: { completed: 0 }, successRate: null, durationMs: { p50: null } });
    expect((await api.get('/engine/executions/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).status).toBe(
      400,
    );
  });

  it('tells what rests as running, and counts it', async () => {
    const id = await create(api, pipelineOf([MANUAL, waiting]));
    await api.post(`/engine/pipelines/${id}/execute`, {});
    const stats = await eventually(async () => {
      const now = await data(`/stats?pipelineId=${id}`);
      return now.now.parked === 1 && now;
    });
    expect(stats).toMatchObject({ counts: { running: 1 }, now: { queued: 0, running: 0, parked: 1 } });
  });

  it('is not there for ids that are none', async () => {
    const paths = ['/engine/executions/mine', '/engine/executions/0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d/nodes'];
    const answers = await Promise.all(paths.map((path) => api.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe('values that a model calls sensitive', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  it('stand in no table', async () => {
    const secret = 'zebra-crossing-4711';
    const fields = [{ name: 'pin', type: 'string', sensitive: true, pattern: '^z.*$' }];
    const model = (await api.post('/engine/models', { name: 'Secrets', fields })).body.data.id;
    const check = {
      name: 'Check',
      type: 'model.validate',
      parameters: { modelId: model, value: '{{ $trigger.payload }}' },
    };
    const copy = code('Copy', '({ said: `it is ${$trigger.payload.pin}` })');
    const fail = code('Fail', 'throw new Error(`not ${$trigger.payload.pin}`)');
    const id = await create(api, pipelineOf([MANUAL, copy, check, fail]));
    const { id: executionId, status } = await run(api, id, { pin: secret });
    expect(status).toBe('failed');
    const tables = await app.database.asSystem((manager) =>
      manager.query<{ name: string }[]>(
        `SELECT table_name AS name FROM information_schema.role_table_grants WHERE grantee = current_user
         AND table_schema = 'public' AND privilege_type = 'SELECT'`,
      ),
    );
    expect(tables.map(({ name }) => name)).toContain('execution_nodes');
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await app.database.asSystem((manager) =>
        manager.query<object[]>(`SELECT 1 FROM "${name}" t WHERE t::text LIKE $1`, [`%${secret}%`]),
      );
      if (rows.length > 0) found.push(name);
    }
    expect(found).toEqual([]);
    const { output } = (await api.get(`/engine/executions/${executionId}/nodes/copy`)).body.data;
    expect(output).toEqual({ result: { said: 'it is ********' } });
  });
});
