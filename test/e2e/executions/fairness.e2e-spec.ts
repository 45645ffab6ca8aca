import { ALL_SCOPES } from '#kernel';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run, type TestNode } from './pipelines';

jest.setTimeout(480_000);

const BACKLOG = 5_000;
const SMALL_RUNS = 50;
/** Of the other's backlog, when all small runs have ended: one queue for all would leave nothing. */
const LEAST_LEFT = 0.5;

const code = (name: string, text: string): TestNode => ({ name, type: 'code.javascript', parameters: { code: text } });

describe('organizations beside each other', () => {
  let app: TestApp;
  let busy: ApiClient;
  let small: ApiClient;
  let busyId: string;
  let pipelineId: string;

  /** With another's backlog, and knowing how fast it is without. */
  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    busyId = await app.newOrganization();
    const token = await app.newToken(ALL_SCOPES);
    [busy, small] = [app.api(token, busyId), app.api(token, await app.newOrganization())];
    const nodes = [MANUAL, code('Double', '$trigger.payload * 2'), code('Again', '$input[0].result')];
    pipelineId = await create(small, pipelineOf(nodes));
    told('alone', await pace());
    await pileUp();
    await eventually(async () => (await states())['running']! > 40, { timeout: 60_000 });
  });

  afterAll(() => app.stop());

  /** Starts a backlog: a third never ends by itself, a third waits for seconds, a third computes for long. */
  async function pileUp(): Promise<void> {
    const ids = await Promise.all(
      [
        code('Endless', 'for (;;) {}'),
        { name: 'Rest', type: 'flow.wait', parameters: { duration: '4s' } },
        code('Slow', 'let sum = 0; for (let i = 0; i < 3e7; i++) sum += i; return sum'),
      ].map((node) => create(busy, pipelineOf([MANUAL, node]))),
    );
    const left = Array.from({ length: BACKLOG }, (_, index) => index).values();
    const lane = async (): Promise<void> => {
      for (const index of left) {
        const { status } = await busy.post(`/engine/pipelines/${ids[index % ids.length]}/execute`, {});
        if (status !== 202) throw new Error(`a start was answered ${status}`);
      }
    };
    await Promise.all(Array.from({ length: 32 }, lane));
  }

  const states = async (): Promise<Record<string, number>> => {
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ state: string; count: number }[]>(
        'SELECT state, count(*)::int AS count FROM open_executions WHERE organization_id = $1 GROUP BY state',
        [busyId],
      ),
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  /** Runs them one after another. Milliseconds from the call to its answer, the shortest first. */
  async function pace(): Promise<number[]> {
    const times: number[] = [];
    for (let value = 0; value < SMALL_RUNS; value++) {
      const began = performance.now();
      const { status, output } = await run(small, pipelineId, value);
      times.push(performance.now() - began);
      expect([status, output]).toEqual(['completed', { result: value * 2 }]);
    }
    return times.sort((a, b) => a - b);
  }

  const told = (name: string, times: readonly number[]): void => {
    const part = (share: number): string => times[Math.ceil(times.length * share) - 1]!.toFixed(0);
    process.stderr.write(`small runs ${name}: p50 ${part(0.5)} ms, p95 ${part(0.95)} ms, p99 ${part(0.99)} ms\n`);
  };

  it('do not wait for each other’s backlog, whatever is in it', async () => {
    const before = await states();
    expect(before['queued']).toBeGreaterThan(BACKLOG / 2);
    told(`beside ${before['queued']} queued`, await pace());
    const after = await states();
    process.stderr.write(`of ${before['queued']} queued ${after['queued']} were left\n`);
    expect(after['queued']! / before['queued']!).toBeGreaterThan(LEAST_LEFT);
  });

  it('take turns with scripts, so that the endless ones of one hold up nobody else’s', async () => {
    const loop = [
      MANUAL,
      { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: 'Array.from({ length: 200 })' } },
      code('Square', '$index * $index'),
      { name: 'End', type: 'flow.endforeach' },
    ];
    const queued = (await states())['queued']!;
    const { status, output } = await run(small, await create(small, pipelineOf(loop)));
    expect([status, output.succeeded]).toEqual(['completed', 200]);
    // Two hundred scripts of one ran while the other's threads were held for seconds each.
    expect(queued - (await states())['queued']!).toBeLessThan(200);
  });
});
