import { describeWithServers, eventually, eventuallyPasses } from '#testing';
import { fileOf, itemOf } from '../e2e/dependencies/exchange';
import { CrashWorld } from './crash-world';

jest.setTimeout(120_000);

const FILE = fileOf(
  itemOf('connection', 'MES', {
    protocol: 'rest',
    description: null,
    enabled: false,
    labels: {},
    config: { baseUrl: 'http://127.0.0.1:9' },
  }),
  itemOf('model', 'Speed', { description: null, fields: [{ name: 'rpm', type: 'number' }] }),
);

const NAMES = 'SELECT name FROM connections UNION ALL SELECT name FROM models';
const TRACES = `SELECT (SELECT count(*)::int FROM dependency_entities) AS entities,
  (SELECT count(*)::int FROM audit_entries WHERE action = 'import.apply') AS applied`;

// The world is made for runs; its broker is outside.
describeWithServers(['mosquitto'], 'an import, its process killed', () => {
  let world: CrashWorld;

  beforeAll(async () => void (world = await CrashWorld.start({ workers: 0 })));
  afterAll(() => world.stop());

  it('leaves nothing behind, and is executed when it is asked for again', async () => {
    const plan = await world.client.post('/dependencies/import/validate', FILE);
    expect(plan.body.data.problems).toEqual([]);
    const { planId } = plan.body.data;
    // The connection is there by then, the model is about to be.
    await world.hold('models', 'LOCK TABLE models IN SHARE MODE');
    const lost = world.client.post('/dependencies/import/execute', { planId }).catch(() => 'lost');
    await world.stalled('models');
    const progress = async () => (await world.client.get(`/dependencies/import/${planId}`)).body.data.progress;
    await eventuallyPasses(async () => expect(await progress()).toEqual({ done: 1, total: 2 }));
    await world.api.kill();
    expect(await lost).toBe('lost');
    await world.letGo('models');
    expect(await world.query(NAMES)).toEqual([]);
    expect(await world.query(TRACES)).toEqual([{ entities: 0, applied: 0 }]);

    await world.restartApi();
    expect((await world.client.get(`/dependencies/import/${planId}`)).body.data.status).toBe('planned');
    // Nobody is there who tells how far it is.
    await eventually(async () => (await progress()) === null);
    const done = await world.client.post('/dependencies/import/execute', { planId });
    expect(done).toMatchObject({ status: 200, body: { data: { status: 'applied' } } });
    expect(await world.query(NAMES)).toEqual([{ name: 'MES' }, { name: 'Speed' }]);
    expect(await world.query(TRACES)).toEqual([{ entities: 2, applied: 1 }]);
  });
});
