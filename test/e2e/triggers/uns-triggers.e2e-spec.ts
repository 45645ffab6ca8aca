import { ALL_SCOPES, newId } from '#kernel';
import { asOwner } from '#platform/database';
import { createTestApp, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { create, pipelineOf, type TestNode } from '../executions/pipelines';
import { MqttClients } from '../mqtt/mqtt-clients';
import { newTenant } from '../mqtt/tenants';
import { executionsOf } from './executions-of';

const subscribe = (parameters: object): TestNode => ({ name: 'Sub', type: 'trigger.uns.subscribe', parameters });
const ECHO: TestNode = { name: 'Echo', type: 'code.javascript', parameters: { code: '1' } };

describe('a UNS trigger', () => {
  let app: TestApp;
  let api: ApiClient;
  let token: string;
  let clients: MqttClients;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker', 'uns'] });
    token = await app.newToken(ALL_SCOPES);
    api = app.api(token);
    clients = new MqttClients(app.mqttUrl);
  });

  afterAll(async () => {
    await clients.end();
    await app.stop();
  });

  const newBranch = (): string => `mHv1.0/triggers/${newId()}`;
  const payloads = async (id: string): Promise<unknown[]> =>
    (await executionsOf(app, id)).map(({ input }) => (input as { payload: unknown }).payload);
  const publish = (topic: string, value: unknown) => api.post('/uns/data/publish', { topic, value });
  const valuesOf = async (topic: string): Promise<unknown[]> =>
    (await api.get(`/uns/data/recent?topic=${topic}`)).body.data
      .map(({ value }: { value: unknown }) => value)
      .reverse();

  /** Makes it, and waits until it hears; what it heard meanwhile does not count. */
  async function make(branch: string, parameters: object = {}, client = api, nodes = [ECHO], settings: object = {}) {
    const trigger = subscribe({ topics: [`${branch}/#`], ...parameters });
    const id = await create(client, pipelineOf([trigger, ...nodes], undefined, settings));
    await eventuallyPasses(async () => {
      await client.post('/uns/data/publish', { topic: `${branch}/hello`, value: newId() });
      expect(await executionsOf(app, id)).not.toHaveLength(0);
    });
    await forget(id);
    return id;
  }

  const forget = (id: string) =>
    eventuallyPasses(async () => {
      const ended = (await executionsOf(app, id)).every(({ status }) => status !== 'queued');
      expect(ended).toBe(true);
      await app.database.asSystem((manager) => manager.query('DELETE FROM executions WHERE pipeline_id = $1', [id]));
    });

  it('starts a run for a value that comes out of quarantine, and none while it is there', async () => {
    const branch = newBranch();
    const id = await make(branch);
    const topic = `${branch}/strict`;
    const { id: topicId } = (await api.post('/uns/topics', { topic })).body.data;
    await api.put(`/uns/topics/${topicId}/schema`, { mode: 'strict', min: 0 });
    expect((await publish(topic, -1)).status).toBe(400);
    expect((await publish(topic, 1)).status).toBe(200);
    await api.put(`/uns/topics/${topicId}/schema`, { mode: 'off', min: 0 });
    expect((await api.post('/uns/quarantine/resubmit', { topic })).body.data.resubmitted).toBe(1);
    await eventuallyPasses(async () => expect(await payloads(id)).toHaveLength(2));
    expect(new Set(await payloads(id))).toEqual(new Set([-1, 1]));
  });

  it('starts a run for each value, with what was published', async () => {
    const branch = newBranch();
    const id = await make(branch);
    const timestamp = '2026-01-02T03:04:05.678Z';
    const record = { topic: `${branch}/a`, value: { b: [1] }, source: 'plc-1', timestamp, quality: 'uncertain' };
    await api.post('/uns/data/publish', record);
    await publish(branch, null);
    const [first, second] = await executionsOf(app, id);
    expect(first).toMatchObject({
      trigger: 'uns',
      chainDepth: 0,
      input: { topic: `${branch}/a`, payload: { b: [1] }, source: 'plc-1', timestamp, quality: 'uncertain' },
    });
    expect(second!.input).toMatchObject({ topic: branch, payload: null, source: null, quality: 'good' });
  });

  it('hears values whichever way they come, and each of them once', async () => {
    const branch = newBranch();
    // Two filters that select the same.
    const id = await make(branch, { topics: [`${branch}/#`, `${branch}/+`] });
    const tenant = await newTenant(app);
    const own = newBranch();
    const theirs = await make(own, {}, app.api(token, tenant.id));
    const client = await clients.connect(tenant);
    await client.publishAsync(`${own}/mqtt`, '7', { qos: 1 });
    const records = Array.from({ length: 100 }, (_, value) => ({ topic: `${branch}/b`, value }));
    await api.post('/uns/data/publish/batch', { records });
    expect(await payloads(id)).toEqual(records.map(({ value }) => value));
    // A value is for its own organization.
    expect(await payloads(theirs)).toEqual([7]);
    await publish(`${own}/mqtt`, 8);
    expect(await payloads(theirs)).toEqual([7]);
  });

  it('starts a run once for a request that is repeated', async () => {
    const branch = newBranch();
    const id = await make(branch);
    const fields = { 'Idempotency-Key': newId() };
    const body = { topic: `${branch}/a`, value: 1 };
    await Promise.all(Array.from({ length: 20 }, () => api.post('/uns/data/publish', body, fields)));
    expect(await payloads(id)).toEqual([1]);
  });

  it('starts a run of a change alone, where it is to', async () => {
    const branch = newBranch();
    const id = await make(branch, { mode: 'onChange' });
    const sent = [1, 1, 2, 2, 1, { a: 1, b: 2 }, { b: 2, a: 1 }, null, null];
    await api.post('/uns/data/publish/batch', { records: sent.map((value) => ({ topic: `${branch}/a`, value })) });
    for (const value of [null, 3, 3]) await publish(`${branch}/a`, value);
    // Each topic by itself.
    await publish(`${branch}/b`, 3);
    expect(await payloads(id)).toEqual([1, 2, 1, { a: 1, b: 2 }, null, 3, 3]);
    await Promise.all(Array.from({ length: 50 }, () => publish(`${branch}/c`, 'same')));
    expect((await payloads(id)).filter((payload) => payload === 'same')).toEqual(['same']);
  });

  it('remembers no more topics than it is to', async () => {
    const branch = newBranch();
    const id = await make(branch, { mode: 'onChange', dedupMaxKeys: 3 });
    for (let topic = 0; topic < 5; topic++) await publish(`${branch}/${topic}`, 1);
    const keys = await app.database.asSystem((manager) =>
      manager.query<{ key: string }[]>('SELECT key FROM trigger_states WHERE pipeline_id = $1 ORDER BY key', [id]),
    );
    expect(keys.map(({ key }) => key)).toEqual([2, 3, 4].map((topic) => `${branch}/${topic}`));
    await publish(`${branch}/4`, 1);
    await publish(`${branch}/0`, 1);
    expect(await payloads(id)).toHaveLength(6);
  });

  it('and its value are there both or neither', async () => {
    const branch = newBranch();
    const id = await make(branch, { mode: 'onChange' });
    // At the very end of the transaction, behind everything that is written in it.
    await asOwner(app.config, (owner) =>
      owner.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON open_executions DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW WHEN (NEW.pipeline_id = '${id}') EXECUTE FUNCTION refuse()`),
    );
    expect((await publish(`${branch}/a`, 1)).status).toBe(500);
    expect([await valuesOf(`${branch}/a`), await payloads(id)]).toEqual([[], []]);
    await asOwner(app.config, (owner) => owner.query('DROP FUNCTION refuse CASCADE'));
    expect((await publish(`${branch}/a`, 1)).status).toBe(200);
    expect([await valuesOf(`${branch}/a`), await payloads(id)]).toEqual([[1], [1]]);
  });

  it('does not go on for ever where its pipeline publishes what it hears', async () => {
    const branch = newBranch();
    const again: TestNode = {
      name: 'Again',
      type: 'system.uns.publish',
      parameters: { topic: `${branch}/a`, value: '{{ $trigger.payload + 1 }}' },
    };
    const id = await create(api, pipelineOf([subscribe({ topics: [`${branch}/a`] }), again]));
    await eventuallyPasses(async () => {
      await publish(`${branch}/a`, 1);
      expect(await payloads(id)).not.toHaveLength(0);
    });
    await eventuallyPasses(async () => {
      const values = await valuesOf(`${branch}/a`);
      expect(values.filter((value) => value === 5)).not.toHaveLength(0);
    });
    await eventuallyPasses(async () => {
      const runs = await executionsOf(app, id);
      expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'completed'));
      expect(Math.max(...runs.map(({ chainDepth }) => chainDepth))).toBe(3);
    });
    expect(await valuesOf(`${branch}/a`)).not.toContain(6);
  });

  it('comes and goes with its pipeline', async () => {
    const branch = newBranch();
    const id = await make(branch);
    await api.post(`/engine/pipelines/${id}/disable`);
    await eventuallyPasses(async () => {
      const before = (await payloads(id)).length;
      await publish(`${branch}/a`, 1);
      expect(await payloads(id)).toHaveLength(before);
    });
    expect((await publish(`${branch}/a`, 1)).status).toBe(200);
  });

  it('stores values also where its pipeline is not to run twice', async () => {
    const branch = newBranch();
    const slow: TestNode = { name: 'Slow', type: 'flow.wait', parameters: { duration: '30s' } };
    const trigger = subscribe({ topics: [`${branch}/a`] });
    const id = await create(api, pipelineOf([trigger, slow], undefined, { overlap: 'skip' }));
    await eventuallyPasses(async () => {
      await publish(`${branch}/a`, 1);
      expect(await payloads(id)).toHaveLength(1);
    });
    const before = (await valuesOf(`${branch}/a`)).length;
    await Promise.all([2, 3, 4].map((value) => publish(`${branch}/a`, value)));
    expect([(await valuesOf(`${branch}/a`)).length, await payloads(id)]).toEqual([before + 3, [1]]);
  });
});
