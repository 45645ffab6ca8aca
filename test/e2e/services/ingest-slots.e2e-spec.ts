import { connect, connectAsync, type IConnackPacket, type MqttClient } from 'mqtt';
import { newId } from '#kernel';
import { BrokerMonitor, OutsideTiming } from '#platform/mqtt';
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
import { IngestProcess } from './ingest-process';
import { OwnDatabase } from './own-database';

const PATIENT = { timeout: 40_000 };
/** Whatever waits is kept by the broker. */
const KEEPS_ALL = ['max_queued_messages 0', 'max_inflight_messages 0'];

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describeWithServers(['mosquitto'], 'ingest by several processes from a broker of your own', () => {
  const database = new OwnDatabase();
  let mosquitto: RunningServer;
  let machine: MqttClient;
  let topic: string;
  let app: TestApp;
  let api: ApiClient;
  let processes: IngestProcess[];

  beforeAll(() => database.start(), 180_000);

  beforeEach(async () => {
    mosquitto = await startServer('mosquitto', { settings: KEEPS_ALL });
    machine = await connectAsync(mosquitto.url, { protocolVersion: 5 });
    topic = `mHv1.0/slots/${newId()}`;
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map((process) => process.stop('SIGKILL')));
    // Slots are the installation's: the next test begins with none.
    await app.database.asSystem((manager) => manager.query('DELETE FROM ingest_slots'));
    await app.stop();
    await machine.endAsync();
    await mosquitto.stop();
  });

  afterAll(() => database.remove());

  /** The application of this process. With ingest it takes the first slot, and has it when this resolves. */
  async function startApp(roles: TestAppOptions['roles']): Promise<void> {
    app = await createTestApp({ roles, settings: { MQTT_URL: mosquitto.url, DATABASE_URL: database.url } });
    api = app.api(await app.newToken(['uns:read']));
    await eventually(async () => (await fetch(`${app.url}/health/ready`)).status === 200, PATIENT);
  }

  /** Milliseconds after which the application of this process looks after what another one left behind. */
  const adoptAfter = (orphanedMs: number): unknown => Object.assign(app.nest.get(OutsideTiming), { orphanedMs });

  async function startProcess(): Promise<IngestProcess> {
    const process = await IngestProcess.start(database.url, mosquitto.url);
    processes.push(process);
    return process;
  }

  /** Publishes with QoS 1: the broker has them when it resolves. */
  const publish = async (values: readonly number[]): Promise<void> => {
    await Promise.all(values.map((value) => machine.publishAsync(topic, String(value), { qos: 1 })));
  };

  /** The values in the history. One that was stored and not acknowledged comes again, so each counts once. */
  async function stored(): Promise<number[]> {
    const { body } = await api.get(`/uns/data/range?topic=${topic}&limit=10000`);
    const values = ((body as { data?: { value: number }[] }).data ?? []).map(({ value }) => value);
    return [...new Set(values)].sort((a, b) => a - b);
  }

  async function storesAll(count: number): Promise<void> {
    await eventually(async () => (await stored()).length >= count, PATIENT);
    expect(await stored()).toEqual(range(0, count));
  }

  const slots = (): Promise<number[]> =>
    app.database.asSystem(async (manager) => {
      const rows = await manager.query<{ slot: number }[]>('SELECT slot FROM ingest_slots ORDER BY slot');
      return rows.map(({ slot }) => slot);
    });

  /** Whether the broker keeps a session for a slot. Asking ends it. */
  async function hasSession(slot: number): Promise<boolean> {
    const [row] = await app.database.asSystem((manager) =>
      manager.query<{ id: string }[]>('SELECT left(id::text, 8) AS id FROM installation'),
    );
    const clientId = `maestrohub-uns-${row!.id}-${slot}`;
    const client = connect(mosquitto.url, { protocolVersion: 5, clientId, clean: false, reconnectPeriod: 0 });
    const { promise, resolve } = Promise.withResolvers<IConnackPacket>();
    client.once('connect', resolve);
    const { sessionPresent } = await promise;
    await client.endAsync();
    return sessionPresent;
  }

  it('stores what was given to one that was killed, and ends its session', async () => {
    await startApp(['api', 'uns']);
    await startProcess();
    const killed = await startProcess();
    await eventually(async () => (await slots()).join() === '0,1,2');
    const before = publish(range(0, 1_500));
    await killed.stop('SIGKILL');
    await before;
    await publish(range(1_500, 3_000));
    // What the killed one was given is not there yet: without adoption it would stay with the broker.
    expect(await stored()).not.toHaveLength(3_000);
    adoptAfter(0);
    await storesAll(3_000);
    await eventually(async () => (await slots()).length === 2, PATIENT);
    expect(await slots()).toEqual([0, 1]);
    expect(await hasSession(2)).toBe(false);
  }, 180_000);

  it('gives one that starts again the slot it had, and what arrived meanwhile', async () => {
    await startApp(['api', 'uns']);
    const killed = await startProcess();
    await killed.stop('SIGKILL');
    await publish(range(0, 1_000));
    expect((await stored()).length).toBeLessThan(1_000);
    await startProcess();
    expect(await slots()).toEqual([0, 1]);
    await storesAll(1_000);
  }, 180_000);

  it('loses nothing when one is taken away in good order, and leaves no session of it', async () => {
    await startApp(['api', 'uns']);
    const surplus = await startProcess();
    const sent = publish(range(0, 3_000));
    const stopped = surplus.stop();
    await sent;
    expect(await stopped).toBe(0);
    await eventually(async () => (await slots()).length === 1, PATIENT);
    await publish(range(3_000, 4_000));
    await storesAll(4_000);
    expect(await hasSession(1)).toBe(false);
    expect(await hasSession(0)).toBe(true);
  }, 180_000);

  it('keeps one session when all end at once', async () => {
    await startApp(['api']);
    const both = [await startProcess(), await startProcess()];
    expect(await Promise.all(both.map((process) => process.stop()))).toEqual([0, 0]);
    expect(await slots()).toHaveLength(1);
    await publish(range(0, 500));
    expect(await stored()).toEqual([]);
    await startProcess();
    expect(await slots()).toHaveLength(1);
    await storesAll(500);
  }, 180_000);

  it('loses nothing when PostgreSQL restarts under load, and every process keeps its slot', async () => {
    await startApp(['api', 'uns']);
    // More than any process needs to come back; it is counted anew after the restart.
    adoptAfter(20_000);
    const other = await startProcess();
    const loads = [publish(range(0, 1_000))];
    await database.stop();
    loads.push(publish(range(1_000, 2_000)));
    await database.start();
    loads.push(publish(range(2_000, 3_000)));
    await Promise.all(loads);
    await other.isReady();
    await storesAll(3_000);
    const taken = app.nest.get(BrokerMonitor).status().messagesIn;
    await publish(range(3_000, 4_000));
    await storesAll(4_000);
    expect(await slots()).toEqual([0, 1]);
    // Both are still given messages.
    const own = app.nest.get(BrokerMonitor).status().messagesIn - taken;
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(1_000);
  }, 180_000);
});
