import { describeWithServers, eventually } from '#testing';
import { create, MANUAL, pipelineOf } from '../e2e/executions/pipelines';
import { CrashWorld } from './crash-world';

jest.setTimeout(300_000);

const RUNS = 1_000;
/** A connection takes 200 calls at the same time. */
const CONNECTIONS = 5;
/** Half a minute where the machine has nothing else to do. */
const ALL_END = { timeout: 180_000, interval: 100 };

describeWithServers(['mosquitto'], `${RUNS} runs in flight`, () => {
  let world: CrashWorld;

  beforeAll(async () => {
    world = await CrashWorld.start({ workers: 2 });
    const limits = { executions: { maxConcurrent: RUNS } };
    expect(await world.client.patch('/organizations/settings', limits)).toMatchObject({ status: 200 });
  });

  afterAll(() => world.stop());

  it('all end after one of two workers was killed, none twice', async () => {
    const pipelines: string[] = [];
    for (let i = 0; i < CONNECTIONS; i++) {
      const outside = await world.connectOutside();
      const nodes = [
        MANUAL,
        outside('Do', 'hold', 'load'),
        { name: 'Publish', type: 'system.uns.publish', parameters },
      ];
      pipelines.push(await create(world.client, pipelineOf(nodes)));
    }
    world.outside.hold();
    const started: string[] = [];
    const lanes = pipelines.map(async (pipeline) => {
      for (let i = 0; i < RUNS / CONNECTIONS; i++) started.push(await world.execute(pipeline, { value: i }));
    });
    await Promise.all(lanes);
    // All are handed to the workers: each has as many as it takes, the others wait in the queue.
    const workers = await eventually(async () => {
      const rows = await world.query<{ state: string; worker: string | null; count: number }>(
        'SELECT state, worker, count(*)::int AS count FROM open_executions GROUP BY state, worker',
      );
      const working = rows.filter(({ state }) => state === 'running');
      return rows.every(({ state }) => state !== 'queued') && working.length === 2 && working;
    }, ALL_END);

    const killed = performance.now();
    await world.workers.shift()!.kill();
    world.outside.release();
    const counted = `SELECT count(*)::int AS count FROM executions WHERE status = 'completed'`;
    await eventually(async () => (await world.query<{ count: number }>(counted))[0]!.count === RUNS, ALL_END);
    const seconds = (performance.now() - killed) / 1_000;
    process.stderr.write(
      `${RUNS} runs, ${workers.map(({ count }) => count).join(' + ')}: ended after ${seconds.toFixed(1)} s\n`,
    );

    expect(await world.query('SELECT 1 FROM open_executions')).toEqual([]);
    expect(new Set(started).size).toBe(RUNS);
    expect(await world.published(['crash/load'], new Date(0))).toHaveLength(RUNS);
    const times = started.flatMap((id) => Object.values(world.outside.doneFor(id)));
    expect(times).toHaveLength(RUNS);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
  });
});

const parameters = { topic: 'crash/load', value: '{{ $trigger.payload.value }}' };
