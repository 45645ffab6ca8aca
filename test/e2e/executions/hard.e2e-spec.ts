import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, type TestNode } from './pipelines';

jest.setTimeout(480_000);

const MEGABYTE = 1024 * 1024;
const ROW = 998;

const code = (name: string, text: string): TestNode => ({ name, type: 'code.javascript', parameters: { code: text } });
const set = (name: string, value: string): TestNode => ({
  name,
  type: 'transform.set',
  parameters: { fields: [{ name: 'n', value, type: 'number' }], include: 'none' },
});
const each = (name: string, sourceArray: string): TestNode => ({
  name,
  type: 'flow.foreach',
  parameters: { sourceArray },
});
const end = (name: string): TestNode => ({ name, type: 'flow.endforeach' });

/** As many items as the run is given; at once, since expressions have a quarter of a second. */
const COUNTED = 'Array($trigger.payload).fill(0)';

describe('what is hard on a run', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const data = async (path: string) => {
    const answer = await api.get(`/engine/executions/${path}`);
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body.data;
  };

  const start = async (id: string, payload: unknown): Promise<string> => {
    const answer = await api.post(`/engine/pipelines/${id}/execute`, { payload });
    if (answer.status !== 202) throw new Error(`the start was answered ${answer.status}: ${answer.text}`);
    return answer.body.data.executionId as string;
  };

  const ended = (id: string) =>
    eventually(
      async () => {
        const execution = await data(id);
        return execution.finishedAt !== null && execution;
      },
      { timeout: 400_000, interval: 100 },
    );

  const runOf = async (nodes: TestNode[], payload: unknown = null, edges?: string[], settings?: object) =>
    ended(await start(await create(api, pipelineOf(nodes, edges, settings)), payload));

  const outputOf = async ({ id }: { id: string }, node: string) => (await data(`${id}/nodes/${node}`)).output;

  describe('pipelines of a thousand nodes', () => {
    const names = Array.from({ length: ROW }, (_, index) => `Step ${index}`);

    it('go from one to the next', async () => {
      const steps = names.map((name, index) => set(name, index === 0 ? '{{ 1 }}' : '{{ $input[0].n + 1 }}'));
      const execution = await runOf([MANUAL, ...steps, code('Last', '$input[0].n')]);
      expect(execution).toMatchObject({ status: 'completed' });
      expect(await outputOf(execution, 'last')).toEqual({ result: ROW });
    });

    it('go apart and meet again', async () => {
      const steps = names.map((name, index) => set(name, `{{ ${index} }}`));
      const sum = code('Sum', '$input.reduce((sum, { n }) => sum + n, 0)');
      const ways = names.flatMap((name) => [`Start > ${name}`, `${name} > Sum`]);
      const execution = await runOf([MANUAL, ...steps, sum], null, ways);
      expect(execution).toMatchObject({ status: 'completed' });
      expect(await outputOf(execution, 'sum')).toEqual({ result: (ROW * (ROW - 1)) / 2 });
    });
  });

  describe('a payload', () => {
    it('of 5 MB is run, and cut in history with a mark', async () => {
      const execution = await runOf([MANUAL, code('Length', '$trigger.payload.text.length')], {
        text: 'x'.repeat(5 * MEGABYTE),
      });
      expect(execution).toMatchObject({ status: 'completed' });
      expect(await outputOf(execution, 'length')).toEqual({ result: 5 * MEGABYTE });
      const { $cut } = await outputOf(execution, 'start');
      expect($cut.bytes).toBeGreaterThan(5 * MEGABYTE);
      expect($cut.start).toMatch(/^\{"payload":\{"text":"x+$/);
    });

    it('of 11 MB is refused, and nothing is run', async () => {
      const id = await create(api, pipelineOf([MANUAL]));
      const answer = await api.post(`/engine/pipelines/${id}/execute`, { payload: 'x'.repeat(11 * MEGABYTE) });
      expect([answer.status, answer.body.error]).toEqual([413, 'payload_too_large']);
      expect((await api.get(`/engine/executions?pipelineId=${id}`)).body.data).toEqual([]);
    });
  });

  describe('a loop', () => {
    const LOOP = [
      MANUAL,
      each('Each', COUNTED),
      set('Double', '{{ $index * 2 }}'),
      set('More', '{{ $index }}'),
      end('End'),
    ];
    const MOST = 100_000;

    it('of 100,000 items runs to its end, while others are served', async () => {
      const total = code('Total', '$node["End"].results.reduce((sum, { n }) => sum + n, 0)');
      const other = await create(api, pipelineOf([MANUAL, code('Say', '1')]));
      const id = await start(
        await create(api, pipelineOf([...LOOP, total], undefined, { historyDetail: 'standard' })),
        MOST,
      );
      const began = performance.now();
      await eventually(async () => (await data(id)).status === 'running');
      // Another run begins and ends while the loop is under way, for many seconds.
      expect(await ended(await start(other, null))).toMatchObject({ status: 'completed' });
      expect(await data(id)).toMatchObject({ status: 'running' });
      const execution = await ended(id);
      const seconds = (performance.now() - began) / 1_000;
      process.stderr.write(`100,000 items in ${seconds.toFixed(1)} s: ${Math.round(MOST / seconds)} items/s\n`);
      expect(execution).toMatchObject({ status: 'completed', notes: { nodesNotKept: expect.any(Number) } });
      const nodes = await data(`${id}/nodes`);
      expect(nodes.find(({ nodeId }: { nodeId: string }) => nodeId === 'each')).toMatchObject({ status: 'completed' });
    });

    it('of JavaScript runs its script for every item', async () => {
      const count = MOST;
      const nodes = [MANUAL, each('Each', COUNTED), code('Square', '$index * $index'), end('End')];
      const began = performance.now();
      const execution = await runOf([...nodes, code('Last', '$node["End"].results.at(-1)')], count);
      const seconds = (performance.now() - began) / 1_000;
      process.stderr.write(`${count} scripts in ${seconds.toFixed(1)} s: ${Math.round(count / seconds)} items/s\n`);
      expect(execution).toMatchObject({ status: 'completed' });
      expect(await outputOf(execution, 'last')).toEqual({ result: { result: (count - 1) ** 2 } });
    });

    it('of 100,001 items is refused', async () => {
      expect(await runOf(LOOP, MOST + 1)).toMatchObject({
        status: 'failed',
        error: { nodeName: 'Each', message: expect.stringContaining('at most 100,000 items, not 100001') },
      });
    });

    it('in a loop in a loop runs for every item of each', async () => {
      const nodes = [
        MANUAL,
        each('A', '[0, 1, 2]'),
        each('B', '[$item, $item + 1]'),
        each('C', '[$item, $index]'),
        code('Leaf', '`${$item}/${$index}`'),
        end('End C'),
        end('End B'),
        end('End A'),
        code('Leaves', 'JSON.stringify($input[0]).match(/[0-9]+\\/[0-9]+/g)'),
      ];
      const execution = await runOf(nodes);
      const leaves = [0, 1, 2].flatMap((a) => [a, a + 1].flatMap((b, index) => [`${b}/0`, `${index}/1`]));
      expect(execution).toMatchObject({ status: 'completed' });
      expect(await outputOf(execution, 'leaves')).toEqual({ result: leaves });
      expect((await data(`${execution.id}/nodes/leaf?iteration=2.1.0`)).output).toEqual({ result: '3/0' });
    });
  });

  describe('a script', () => {
    it.each([
      ['never ends', 'for (;;) {}', /longer than it may/],
      ['eats memory', 'let all = "x"; for (;;) all += all', /memory/],
      ['has a regular expression that backtracks', '/^(a+)+$/.test("a".repeat(40) + "b")', /longer than it may/],
      ['calls itself without end', 'const f = (n) => 1 + f(n + 1); return f(0)', /too deeply/],
      ['returns 20 MB', '"x".repeat(20 * 1024 * 1024)', /result/],
    ])('that %s fails its node', async (_what, text, message) => {
      const execution = await runOf([MANUAL, code('Bad', text)]);
      expect(execution).toMatchObject({
        status: 'failed',
        error: { nodeId: 'bad', nodeName: 'Bad', message: expect.stringMatching(message) },
      });
      // Whoever is next finds a sandbox that works.
      expect(await runOf([MANUAL, code('Good', '1 + 1')])).toMatchObject({ status: 'completed' });
    });

    it('in an expression fails its node, and the expression is named', async () => {
      expect(await runOf([MANUAL, set('Bad', '{{ $trigger.payload.missing.deep }}')])).toMatchObject({
        status: 'failed',
        error: { nodeName: 'Bad', details: { expression: '$trigger.payload.missing.deep' } },
      });
    });
  });

  it('is a storm of webhooks: what is accepted is run, and the process stays up', async () => {
    const path = `storm-${newId()}`;
    const hook = { name: 'Hook', type: 'trigger.webhook', parameters: { path } };
    const pipelineId = await create(api, pipelineOf([hook, set('Double', '{{ $trigger.payload * 2 }}')]));
    const call = (payload: number) => app.stranger.post(`/scheduler/webhooks/${path}`, String(payload));
    await eventually(async () => (await call(0)).status === 200);
    const accepted = new Set<string>();
    const refused: number[] = [];
    const calls = Array.from({ length: 5_000 }, (_, index) => index).values();
    const lane = async (): Promise<void> => {
      for (const index of calls) {
        const { status, body } = await call(index);
        if (status === 200) accepted.add(body.data.executionId as string);
        else refused.push(status);
      }
    };
    await Promise.all(Array.from({ length: 200 }, lane));
    expect(refused.filter((status) => status !== 429)).toEqual([]);
    expect(accepted.size + refused.length).toBe(5_000);
    const statuses = (): Promise<{ status: string; count: number }[]> =>
      app.database.asSystem((manager) =>
        manager.query(
          'SELECT status, count(*)::int AS count FROM executions WHERE pipeline_id = $1 AND id = ANY ($2) GROUP BY status',
          [pipelineId, [...accepted]],
        ),
      );
    const seen = await eventually(
      async () => {
        const now = await statuses();
        return now.every(({ status }) => status !== 'queued') && now;
      },
      { timeout: 400_000, interval: 200 },
    );
    expect(seen).toEqual([{ status: 'completed', count: accepted.size }]);
    await eventually(async () => (await fetch(`${app.url}/health/ready`)).status === 200);
  });
});
