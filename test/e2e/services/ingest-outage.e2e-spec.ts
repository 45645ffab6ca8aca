import { connectAsync, type MqttClient } from 'mqtt';
import { join } from 'node:path';
import { newId } from '#kernel';
import { BrokerMonitor } from '#platform/mqtt';
import {
  createTestApp,
  describeWithServers,
  eventually,
  startServer,
  type ApiClient,
  type RunningServer,
  type TestApp,
  type TestAppOptions,
} from '#testing';
import { OwnDatabase } from './own-database';

const PATIENT = { timeout: 40_000 };
/** Whatever waits is kept by the broker. */
const KEEPS_ALL = ['max_queued_messages 0', 'max_inflight_messages 0'];

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const inOrder = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describeWithServers(['mosquitto'], 'ingest from a broker of your own', () => {
  const database = new OwnDatabase();
  let mosquitto: RunningServer;
  let machine: MqttClient;
  let topic: string;
  let apps: TestApp[];

  beforeAll(() => database.start(), 180_000);

  // One broker for each test: it keeps the sessions of those who left, and gives them their share of the messages.
  beforeEach(async () => {
    mosquitto = await startServer('mosquitto', { settings: KEEPS_ALL });
    machine = await connectAsync(mosquitto.url, { protocolVersion: 5 });
    topic = `mHv1.0/ingest/${newId()}`;
    apps = [];
  });

  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await machine.endAsync();
    await mosquitto.stop();
  });

  afterAll(() => database.remove());

  /** An application of that name: its broker session is its own, and the same when it starts again. */
  async function start(name: string, roles: TestAppOptions['roles'] = ['api', 'uns']): Promise<TestApp> {
    const HUB_DATA_DIR = join(database.directory, name);
    const settings = { MQTT_URL: mosquitto.url, DATABASE_URL: database.url, HUB_DATA_DIR };
    const app = await createTestApp({ roles, settings });
    apps.push(app);
    return app;
  }

  async function stop(app: TestApp): Promise<void> {
    apps = apps.filter((other) => other !== app);
    await app.stop();
  }

  /** Publishes with QoS 1: the broker has them when it resolves. */
  const publish = async (values: readonly number[]): Promise<void> => {
    await Promise.all(values.map((value) => machine.publishAsync(topic, String(value), { qos: 1 })));
  };

  const taken = (app: TestApp): number => app.nest.get(BrokerMonitor).status().messagesIn;

  /** Resolves when it has a subscription: what is published before that is nobody's. */
  const ingesting = (app: TestApp): Promise<unknown> =>
    eventually(async () => {
      await machine.publishAsync('mHv1.0/ingest/probe', '1', { qos: 1 });
      return taken(app) > 0;
    }, PATIENT);

  async function stored(api: ApiClient): Promise<number[]> {
    const { body } = await api.get(`/uns/data/range?topic=${topic}&limit=10000`);
    return ((body as { data?: { value: number }[] }).data ?? []).map(({ value }) => value);
  }

  it('stores every QoS 1 message that arrives while PostgreSQL is away, each once', async () => {
    const app = await start('one');
    const api = app.api(await app.newToken(['uns:read']));
    await ingesting(app);
    await publish(range(0, 200));
    await database.stop();
    await publish(range(200, 1_200));
    await eventually(async () => (await fetch(`${app.url}/health/ready`)).status === 503);
    await database.start();
    await publish(range(1_200, 1_400));
    await eventually(async () => (await stored(api)).length >= 1_400, PATIENT);
    expect(inOrder(await stored(api))).toEqual(range(0, 1_400));
  }, 180_000);

  it('acknowledges nothing that was not committed: it comes again after a restart', async () => {
    const before = await start('one');
    const token = await before.newToken(['uns:read']);
    await ingesting(before);
    await database.stop();
    await publish(range(0, 500));
    await stop(before);
    await database.start();
    await publish(range(500, 600));
    const after = await start('one');
    const api = after.api(token);
    await eventually(async () => (await stored(api)).length >= 600, PATIENT);
    expect(inOrder(await stored(api))).toEqual(range(0, 600));
  }, 180_000);

  it('is shared by two processes, which store each message once', async () => {
    const one = await start('one');
    const two = await start('two', ['uns']);
    const api = one.api(await one.newToken(['uns:read']));
    await ingesting(one);
    await ingesting(two);
    await publish(range(0, 1_000));
    await eventually(async () => (await stored(api)).length >= 1_000, PATIENT);
    expect(inOrder(await stored(api))).toEqual(range(0, 1_000));
    expect(Math.min(taken(one), taken(two))).toBeGreaterThan(100);

    // Mosquitto keeps the share of one that is away, for when it is back.
    await stop(two);
    await publish(range(1_000, 1_500));
    await start('two', ['uns']);
    await eventually(async () => (await stored(api)).length >= 1_500, PATIENT);
    expect(inOrder(await stored(api))).toEqual(range(0, 1_500));
  }, 180_000);
});
