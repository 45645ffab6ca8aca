import { ALL_SCOPES, newId } from '#kernel';
import { OutsideTiming } from '#platform/mqtt';
import {
  createTestApp,
  describeWithServers,
  eventually,
  eventuallyPasses,
  startServer,
  type ApiClient,
  type RunningServer,
  type TestApp,
} from '#testing';
import { FollowingPublisher } from './following-publisher';

const SETTINGS = '/system/uns/settings';
const PATIENT = { timeout: 60_000 };
const CLIENTS = 5;
const PER_SECOND = 1_000;
/** Each client's numbers begin so far from those of the one before. */
const STRETCH = 1_000_000;
/** Messages of each client before and after a change. */
const SHARE = 3_000;
/** Whatever waits is kept by the broker. */
const KEEPS_ALL = ['max_queued_messages 0', 'max_inflight_messages 0'];

const hostOf = (url: string): string => new URL(url).host;

describeWithServers(['mosquitto'], 'the broker, exchanged under load', () => {
  let app: TestApp;
  let api: ApiClient;
  let mosquitto: RunningServer;
  let publishers: FollowingPublisher[];
  let topic: string;
  let token: string;

  beforeEach(async () => {
    publishers = [];
    mosquitto = await startServer('mosquitto', { settings: KEEPS_ALL });
    app = await createTestApp({ roles: ['api', 'uns'] });
    token = await app.newToken(ALL_SCOPES);
    api = app.api(token);
    topic = `mHv1.0/switch/${newId()}`;
  }, 120_000);

  afterEach(async () => {
    for (const publisher of publishers) publisher.stop();
    await app.stop();
    await mosquitto.stop();
  }, 120_000);

  const toMosquitto = () => api.put(SETTINGS, { broker: { kind: 'outside', url: mosquitto.url } });
  const toEmbedded = () => api.put(SETTINGS, { broker: { kind: 'embedded' } });

  async function startLoad(addresses: readonly string[]): Promise<void> {
    const signIn = { username: app.organizationId, password: token };
    publishers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) =>
        new FollowingPublisher({ topic, addresses, signIn, perSecond: PER_SECOND, first: index * STRETCH }).start(),
      ),
    );
  }

  /** Resolves when each has had that many more acknowledged. */
  async function goOn(share = SHARE): Promise<void> {
    const goals = publishers.map(({ acknowledged }) => acknowledged.size + share);
    await eventually(() => publishers.every(({ acknowledged }, index) => acknowledged.size >= goals[index]!), PATIENT);
  }

  async function settle(): Promise<void> {
    for (const publisher of publishers) publisher.pause();
    await eventually(() => publishers.every(({ isSettled }) => isSettled), PATIENT);
  }

  /** What was acknowledged and is not stored. */
  async function missing(): Promise<number[]> {
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ number: number }[]>(
        `SELECT DISTINCT number FROM uns_records r JOIN uns_topics t ON t.id = r.topic_id WHERE t.path = $1`,
        [topic],
      ),
    );
    const stored = new Set(rows.map(({ number }) => number));
    return publishers.flatMap(({ acknowledged }) => [...acknowledged].filter((number) => !stored.has(number)));
  }

  const broker = async () => (await api.get('/uns/broker')).body.data as Record<string, unknown>;

  const isPlain = (): Promise<void> =>
    eventuallyPasses(
      async () => expect(await broker()).toMatchObject({ state: 'connected', previous: [], lag: 0 }),
      PATIENT,
    );

  it('gives way to one of your own, and tells the clients where it is', async () => {
    await startLoad([app.mqttUrl, mosquitto.url]);
    await goOn();
    expect((await toMosquitto()).status).toBe(200);
    await eventually(() => publishers.every(({ visited }) => visited.length === 2), PATIENT);
    await goOn();
    await settle();
    await eventually(async () => (await missing()).length === 0, PATIENT);
    for (const { visited, referredTo } of publishers) {
      expect(visited).toEqual([hostOf(app.mqttUrl), hostOf(mosquitto.url)]);
      expect(referredTo).toEqual([hostOf(mosquitto.url)]);
    }
    await isPlain();
    expect(await broker()).toMatchObject({ mode: 'outside', address: hostOf(mosquitto.url), clients: null });
  }, 180_000);

  it('takes the place of one of your own, which is listened to until everybody has moved', async () => {
    expect((await toMosquitto()).status).toBe(200);
    await eventuallyPasses(
      async () => expect(await broker()).toMatchObject({ mode: 'outside', state: 'connected' }),
      PATIENT,
    );
    await startLoad([mosquitto.url]);
    await goOn();
    expect((await toEmbedded()).status).toBe(200);
    // Nobody has moved yet; the last one does so when the others are long there.
    await goOn();
    await eventuallyPasses(
      async () =>
        expect(await broker()).toMatchObject({
          mode: 'embedded',
          previous: [{ address: hostOf(mosquitto.url), state: 'connected' }],
        }),
      PATIENT,
    );
    for (const publisher of publishers) {
      publisher.move([app.mqttUrl]);
      await goOn(SHARE / 3);
    }
    await settle();
    await eventually(async () => (await missing()).length === 0, PATIENT);
    for (const { visited } of publishers) expect(visited).toEqual([hostOf(mosquitto.url), hostOf(app.mqttUrl)]);
    app.nest.get(OutsideTiming).quietMs = 500;
    await isPlain();
    const sessions = await app.database.asSystem((manager) => manager.query('SELECT FROM ingest_slots'));
    expect(sessions).toHaveLength(0);
  }, 180_000);
});
