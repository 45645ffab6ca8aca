import { connect, connectAsync, type IConnackPacket, type MqttClient } from 'mqtt';
import { createServer } from 'node:net';
import { ALL_SCOPES, newId } from '#kernel';
import { BrokerMonitor, OutsideTiming } from '#platform/mqtt';
import {
  createTestApp,
  createTestDatabase,
  describeWithServers,
  eventually,
  eventuallyPasses,
  freePort,
  inbox,
  startServer,
  type ApiClient,
  type RunningServer,
  type TestApp,
  type TestAppOptions,
  type TestDatabase,
} from '#testing';
import { SettingsStore } from '../../../libs/uns/src/settings/settings-store';
import { IngestProcess } from '../services/ingest-process';
import { FollowingPublisher } from './following-publisher';

const SETTINGS = '/system/uns/settings';
const PATIENT = { timeout: 40_000 };
/** Whatever waits is kept by the broker. */
const KEEPS_ALL = ['max_queued_messages 0', 'max_inflight_messages 0'];

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const hostOf = (url: string): string => new URL(url).host;
const outside = (url: string, more: object = {}) => ({ broker: { kind: 'outside', url, ...more } });

describeWithServers(['mosquitto'], 'processes whose broker is exchanged', () => {
  let database: TestDatabase;
  let old: RunningServer;
  let next: RunningServer;
  let apps: TestApp[];
  let processes: IngestProcess[];
  let clients: MqttClient[];
  let topic: string;
  let token: string;

  beforeEach(async () => {
    [database, old, next] = await Promise.all([
      createTestDatabase(),
      startServer('mosquitto', { settings: KEEPS_ALL }),
      startServer('mosquitto', { settings: KEEPS_ALL }),
    ]);
    [apps, processes, clients, token] = [[], [], [], ''];
    topic = `mHv1.0/processes/${newId()}`;
  }, 120_000);

  afterEach(async () => {
    await Promise.all(processes.map((process) => process.stop('SIGKILL')));
    for (const client of clients) client.end(true);
    await Promise.all(apps.map((app) => app.stop()));
    await Promise.all([database.drop(), old.stop(), next.stop()]);
  }, 120_000);

  async function start(
    roles: TestAppOptions['roles'],
    settings: TestAppOptions['settings'] = { MQTT_URL: old.url },
  ): Promise<{ app: TestApp; api: ApiClient }> {
    const app = await createTestApp({ roles, settings, databaseUrl: database.url });
    apps.push(app);
    token ||= await app.newToken(ALL_SCOPES);
    return { app, api: app.api(token) };
  }

  /** How patient the applications of this process are from now on. */
  const setTiming = (timing: Partial<OutsideTiming>): void => {
    for (const app of apps) Object.assign(app.nest.get(OutsideTiming), timing);
  };

  async function stop(app: TestApp): Promise<void> {
    apps = apps.filter((other) => other !== app);
    await app.stop();
  }

  async function machine(url: string): Promise<MqttClient> {
    const client = await connectAsync(url, { protocolVersion: 5 });
    clients.push(client);
    return client;
  }

  const publish = async (client: MqttClient, values: readonly number[]): Promise<void> => {
    await Promise.all(values.map((value) => client.publishAsync(topic, String(value), { qos: 1 })));
  };

  const query = <T>(app: TestApp, text: string, values: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(text, values));

  const storesAll = (app: TestApp, count: number): Promise<void> =>
    eventuallyPasses(async () => {
      const rows = await query<{ number: number }>(
        app,
        'SELECT DISTINCT number FROM uns_records r JOIN uns_topics t ON t.id = r.topic_id WHERE t.path = $1 ORDER BY 1',
        [topic],
      );
      expect(rows.map(({ number }) => number)).toEqual(range(0, count));
    }, PATIENT);

  const becomes = (api: ApiClient, expected: object): Promise<void> =>
    eventuallyPasses(async () => expect((await api.get('/uns/broker')).body.data).toMatchObject(expected), PATIENT);

  const slots = (app: TestApp) =>
    query<{ broker: number; slot: number }>(app, 'SELECT broker, slot FROM ingest_slots ORDER BY broker, slot');

  /** Whether the broker keeps the session of slot 0. Asking ends it. */
  async function hasSession(app: TestApp, broker: RunningServer, name = '0'): Promise<boolean> {
    const [row] = await query<{ id: string }>(app, 'SELECT left(id::text, 8) AS id FROM installation');
    const clientId = `maestrohub-uns-${row!.id}-${name}`;
    const client = connect(broker.url, { protocolVersion: 5, clientId, clean: false, reconnectPeriod: 0 });
    const { promise, resolve } = Promise.withResolvers<IConnackPacket>();
    client.once('connect', resolve);
    const { sessionPresent } = await promise;
    await client.endAsync();
    return sessionPresent;
  }

  it('go on listening to the previous one after a restart, until it is quiet, and leave nothing there', async () => {
    const first = await start(['api', 'uns']);
    const client = await machine(old.url);
    await becomes(first.api, { mode: 'outside', state: 'connected' });
    await publish(client, range(0, 100));
    expect((await first.api.put(SETTINGS, { broker: { kind: 'embedded' } })).status).toBe(200);
    await becomes(first.api, { mode: 'embedded', state: 'connected', previous: [{ address: hostOf(old.url) }] });
    await publish(client, range(100, 300));
    await stop(first.app);
    await publish(client, range(300, 800));
    const second = await start(['api', 'uns']);
    await storesAll(second.app, 800);
    setTiming({ quietMs: 500 });
    await becomes(second.api, { mode: 'embedded', previous: [] });
    expect(await slots(second.app)).toEqual([]);
    expect(await hasSession(second.app, old)).toBe(false);
  }, 120_000);

  it('all follow, and what is published by any of them reaches the subscribers of the new one', async () => {
    const { api, app } = await start(['api']);
    await start(['uns']);
    await start(['uns']);
    await becomes(api, { state: 'connected' });
    const [late, early] = [await machine(old.url), await machine(next.url)];
    const heard = inbox(early);
    await early.subscribeAsync('mHv1.0/#', { qos: 1 });
    const before = publish(late, range(0, 1_000));
    expect((await api.put(SETTINGS, outside(next.url))).status).toBe(200);
    await Promise.all([before, publish(late, range(1_000, 2_000))]);
    await becomes(api, { mode: 'outside', address: hostOf(next.url), state: 'connected' });
    await Promise.all([publish(late, range(2_000, 2_500)), publish(early, range(2_500, 3_000))]);
    await storesAll(app, 3_000);
    const own = `mHv1.0/processes/${newId()}`;
    expect((await api.post('/uns/data/publish', { topic: own, value: 1 })).status).toBe(200);
    await eventually(() => heard.some((message) => message.topic === own), PATIENT);
    setTiming({ quietMs: 500 });
    await becomes(api, { previous: [] });
    expect((await slots(app)).map(({ broker }) => broker)).toEqual([1, 1]);
    expect(await hasSession(app, old)).toBe(false);
    // Each process tells what it has counted every now and then.
    await becomes(api, { messagesIn: 3_000, processes: [{}, {}, {}] });
  }, 120_000);

  it('find a change whose signal was lost', async () => {
    const { app, api } = await start(['api', 'uns']);
    await becomes(api, { state: 'connected' });
    const store = app.nest.get(SettingsStore, { strict: false });
    await app.database.asSystem(async (manager) => {
      const broker = { current: { number: 7, broker: outside(next.url).broker }, previous: [] };
      await store.save(manager, await store.lock(manager), { broker });
    });
    await becomes(api, { address: hostOf(next.url), state: 'connected' });
    expect(app.nest.get(BrokerMonitor).status()).toMatchObject({ number: 7, address: hostOf(next.url) });
  }, 120_000);

  it('keep nothing of a session whose process was killed during the change', async () => {
    const { app, api } = await start(['api', 'uns']);
    await becomes(api, { state: 'connected' });
    const killed = await IngestProcess.start(database.url, old.url);
    processes.push(killed);
    await eventually(async () => (await slots(app)).length === 2, PATIENT);
    const client = await machine(old.url);
    const load = publish(client, range(0, 2_000));
    expect((await api.put(SETTINGS, outside(next.url))).status).toBe(200);
    await killed.stop('SIGKILL');
    await Promise.all([load, publish(client, range(2_000, 3_000))]);
    setTiming({ orphanedMs: 0 });
    await storesAll(app, 3_000);
    setTiming({ quietMs: 500 });
    await becomes(api, { previous: [], state: 'connected' });
    expect((await slots(app)).filter(({ broker }) => broker === 0)).toEqual([]);
  }, 120_000);

  it('leave at once where only the way of signing in has changed, however much comes', async () => {
    const { app, api } = await start(['api', 'uns']);
    await becomes(api, { state: 'connected' });
    const load = { topic, addresses: [old.url], signIn: {}, perSecond: 2_000, first: 0 };
    const publisher = await new FollowingPublisher(load).start();
    try {
      await eventually(() => publisher.acknowledged.size > 0, PATIENT);
      expect((await api.put(SETTINGS, outside(old.url, { username: 'hub', password: 'changed' }))).status).toBe(200);
      await becomes(api, { state: 'connected', previous: [] });
      publisher.pause();
      await eventually(() => publisher.isSettled, PATIENT);
    } finally {
      publisher.stop();
    }
    await storesAll(app, publisher.acknowledged.size);
    expect(await slots(app)).toEqual([{ broker: 1, slot: 0 }]);
  }, 120_000);

  it('stay with the old one where the new one cannot be had, say why, and follow once it can', async () => {
    const { app, api } = await start(['api', 'uns']);
    setTiming({ quietMs: 500 });
    await becomes(api, { state: 'connected' });
    const { port } = app.config.mqtt;
    const squatter = createServer().listen(port, '127.0.0.1');
    const refused = await api.put(SETTINGS, { broker: { kind: 'embedded' } });
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining(`Port ${port}`)]);
    // It was free when it was tried.
    const store = app.nest.get(SettingsStore, { strict: false });
    const before = { number: 0, broker: outside(old.url).broker };
    await app.database.asSystem(async (manager) => {
      const broker = { current: { number: 1, broker: { kind: 'embedded' } }, previous: [before] };
      await store.save(manager, await store.lock(manager), { broker });
    });
    await becomes(api, {
      state: 'switching',
      processes: [{ mode: 'outside', problem: expect.stringContaining('EADDRINUSE') }],
    });
    // While it is tried again, that is said.
    await eventuallyPasses(async () =>
      expect((await api.get(SETTINGS)).body.data.state.broker).toMatchObject({
        state: 'switching',
        problems: [{ problem: expect.stringContaining('cannot be started') as string }],
      }),
    );
    const client = await machine(old.url);
    await publish(client, range(0, 100));
    await storesAll(app, 100);
    await new Promise((closed) => squatter.close(closed));
    await becomes(api, { mode: 'embedded', state: 'connected', previous: [] });
  }, 120_000);

  it('go on with the embedded one when it is chosen again before the other one answers', async () => {
    const { app, api } = await start(['api', 'uns'], {});
    const machineClient = await connectAsync(app.mqttUrl, { username: app.organizationId, password: token });
    clients.push(machineClient);
    const store = app.nest.get(SettingsStore, { strict: false });
    const dead = outside(`mqtt://127.0.0.1:${await freePort()}`).broker;
    await app.database.asSystem(async (manager) => {
      const broker = { current: { number: 1, broker: dead }, previous: [] };
      await store.save(manager, await store.lock(manager), { broker });
    });
    await becomes(api, {
      state: 'switching',
      processes: [{ mode: 'embedded', problem: expect.any(String) as string }],
    });
    expect((await api.put(SETTINGS, { broker: { kind: 'embedded' } })).status).toBe(200);
    await becomes(api, { state: 'connected', mode: 'embedded', clients: 1 });
    await publish(machineClient, range(0, 10));
    await storesAll(app, 10);
  }, 120_000);

  it('start without an answer of the broker, so that another one can be chosen', async () => {
    const { app, api } = await start(['api', 'uns'], { MQTT_URL: `mqtt://127.0.0.1:${await freePort()}` });
    expect((await api.get('/uns/broker')).body.data).toMatchObject({ state: 'connecting' });
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(503);
    expect((await api.put(SETTINGS, outside(next.url))).status).toBe(200);
    await becomes(api, { address: hostOf(next.url), state: 'connected', previous: [{ state: 'connecting' }] });
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  }, 120_000);
});
