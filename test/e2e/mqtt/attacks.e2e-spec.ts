import { newId } from '#kernel';
import { closing, createTestApp, eventually, inbox, mqttWire, nextBytes, published, type TestApp } from '#testing';
import type { MqttClient } from 'mqtt';
import { inLanes } from '../uns/in-lanes';
import { MqttClients, VERSION_NAMES, VERSIONS } from './mqtt-clients';
import { stillServes } from './still-serves';
import { newTenant, stored, storedValues, type Tenant } from './tenants';

const MIB = 1_048_576;
const PACKET_TOO_LARGE = 0x95;
const MALFORMED_PACKET = 0x81;

let app: TestApp;
let ours: Tenant;
let theirs: Tenant;
let witness: Tenant;
let clients: MqttClients;
const newTopic = (): string => `mHv1.0/attacks/${newId()}`;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  [ours, theirs, witness] = [await newTenant(app), await newTenant(app), await newTenant(app)];
  clients = new MqttClients(app.mqttUrl);
});

afterEach(async () => {
  await stillServes(app, clients, witness);
  await clients.end();
});

afterAll(() => app.stop());

describe('another organization', () => {
  /** Ways to write everything, and ways to write theirs. */
  const filters = (id: string): string[] => [
    ...['#', '+/#', '/#', '+/+/#', 'mHv1.0/#', '+/mHv1.0/#', '$SYS/#'],
    ...[`${id}/#`, `/${id}/#`, `../${id}/#`, `+/${id}/#`, `org/${id}/#`, `${id.toUpperCase()}/#`],
    ...['$share/g/#', `$share/g/${id}/#`, `$share/${id}/#`, '$share/g/mHv1.0/#'],
  ];

  /** Each filter by itself: the broker may close the connection for one. */
  async function spy(version: 4 | 5): Promise<{ seen: { text: string }[] }> {
    const seen: { text: string }[] = [];
    for (const filter of filters(theirs.id)) {
      const client = await clients.connect(ours, { protocolVersion: version });
      client.on('message', (_, payload) => seen.push({ text: payload.toString() }));
      await client.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    }
    return { seen };
  }

  it.each(VERSION_NAMES)('hears nothing of ours by any filter of MQTT %s', async (_, version) => {
    const topic = newTopic();
    const retained = await clients.connect(theirs);
    await retained.publishAsync(topic, 'retained before', { qos: 1, retain: true });
    const { seen } = await spy(version);
    await retained.publishAsync(topic, 'by mqtt', { qos: 2 });
    expect((await theirs.api.post('/uns/data/publish', { topic, value: 'by rest' })).status).toBe(200);
    const dying = await clients.connect(theirs, { will: { topic, payload: Buffer.from('will'), qos: 1 } });
    dying.stream.destroy();
    await eventually(async () => (await storedValues(theirs.api, topic)).includes('will'));

    const own = await clients.connect(ours);
    await own.publishAsync(topic, 'own', { qos: 1 });
    await eventually(() => seen.length > 0);
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(['own']));
  });

  it('is not reached by a topic, a retained message or a will', async () => {
    const topic = newTopic();
    const theirs = await newTenant(app);
    const owner = await clients.connect(theirs);
    const messages = inbox(owner);
    await owner.subscribeAsync('#', { qos: 2 });
    const attacker = await clients.connect(ours);
    for (const prefix of [`${theirs.id}/`, `/${theirs.id}/`, `../${theirs.id}/`, `org/${theirs.id}/`]) {
      expect(await published(attacker, prefix + topic, 'forged')).toBe(0x90);
      expect(await published(attacker, prefix + topic, 'forged', 2)).toBe(0x90);
      const will = { topic: prefix + topic, payload: Buffer.from('forged'), qos: 1 as const, retain: true };
      expect(await clients.connack(ours, { will })).toBe(0x87);
      expect(await clients.connack(ours, { will, protocolVersion: 4 })).toBe(5);
    }
    await attacker.publishAsync(topic, 'ours', { qos: 1, retain: true });
    const dying = await clients.connect(ours, {
      will: { topic, payload: Buffer.from('our will'), qos: 1, retain: true },
    });
    dying.stream.destroy();
    await eventually(async () => (await storedValues(ours.api, topic)).length === 2);

    const late = await clients.connect(theirs);
    const lateMessages = inbox(late);
    await late.subscribeAsync(topic, { qos: 2 });
    await late.publishAsync(topic, 'theirs', { qos: 1 });
    await eventually(() => messages.length > 0 && lateMessages.length > 0);
    expect([...messages, ...lateMessages].map(({ text }) => text)).toEqual(['theirs', 'theirs']);
    expect(await storedValues(theirs.api, topic)).toEqual(['theirs']);
  });

  it.each(VERSION_NAMES)(
    'keeps its clients and sessions, whatever id ours take by MQTT %s',
    async (_, protocolVersion) => {
      const topic = newTopic();
      const clientId = 'gateway-1';
      const session = {
        clientId,
        clean: false,
        protocolVersion,
        ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 60 } }),
      };
      const their = await clients.connect(theirs, session);
      await their.subscribeAsync('mHv1.0/#', { qos: 1 });
      await their.endAsync();
      await (await clients.connect(theirs)).publishAsync(topic, 'for their gateway', { qos: 1 });

      const our = await clients.connect(ours, session);
      const ourMessages = inbox(our);
      for (const id of [`${theirs.id}/${clientId}`, `../${theirs.id}/${clientId}`]) {
        const posing = await clients.connect(ours, { ...session, clientId: id });
        posing.on('message', (heard, payload) =>
          ourMessages.push({ topic: heard, text: payload.toString(), retain: false, qos: 0 }),
        );
      }
      const { client: back, messages } = await clients.resume(theirs, session);
      await eventually(() => messages.length > 0);
      expect(messages.map(({ text }) => text)).toEqual(['for their gateway']);
      await our.publishAsync(topic, 'ours', { qos: 1 });
      expect([our.connected, back.connected, ourMessages]).toEqual([true, true, []]);
    },
  );

  it('may have the same topics: each reads and hears its own', async () => {
    const topic = newTopic();
    const pairs = [];
    for (const { id, token, api } of [ours, theirs]) {
      const client = await clients.connect({ id, token }, { clientId: 'same' });
      const messages = inbox(client);
      await client.subscribeAsync(topic, { qos: 1 });
      pairs.push({ id, api, client, messages });
    }
    await Promise.all(
      pairs.flatMap(({ client, id }) => Array.from({ length: 200 }, () => client.publishAsync(topic, id, { qos: 1 }))),
    );
    for (const { id, api, messages } of pairs) {
      await eventually(() => messages.length === 200);
      expect(new Set(messages.map(({ text }) => text))).toEqual(new Set([id]));
      const values = await storedValues(api, topic);
      expect([values.length, new Set(values)]).toEqual([200, new Set([id])]);
    }
  });
});

describe('a topic', () => {
  it.each<[string, string]>([
    ['without the prefix', 'factory/line-1'],
    ['of another version', 'mHv2.0/line-1'],
    ['that is the bare prefix', 'mHv1.0'],
    ['with an empty level', 'mHv1.0//line-1'],
    ['that ends in a slash', 'mHv1.0/line-1/'],
    ['that starts with a slash', '/mHv1.0/line-1'],
    ['with a level that is too long', `mHv1.0/${'x'.repeat(101)}`],
    ['with too many levels', `mHv1.0/${'a/'.repeat(31)}a`],
    ['that is too long', `mHv1.0/${`${'a'.repeat(100)}/`.repeat(11)}a`],
    ['of the broker', '$SYS/broker/clients'],
  ])('%s is refused: 0x90, and with MQTT 3.1.1 the connection closes', async (_, topic) => {
    const modern = await clients.connect(ours);
    expect(await published(modern, topic, '1')).toBe(0x90);
    expect(await published(modern, newTopic(), '1')).toBe(0);
    const old = await clients.connect(ours, { protocolVersion: 4 });
    const closed = closing(old);
    old.publishAsync(topic, '1', { qos: 1 }).catch(() => undefined);
    await closed;
    const { status } = await ours.api.get(`/uns/data/recent?topic=${encodeURIComponent(topic)}`);
    expect([400, 404]).toContain(status);
  });

  /** A PUBLISH with QoS 1 and these bytes as topic. */
  const publishBytes = (version: 4 | 5, topic: Buffer): Buffer =>
    mqttWire.packet(
      0x32,
      Buffer.concat([Buffer.of(topic.length >> 8, topic.length & 0xff), topic]),
      Buffer.of(0, 7),
      version === 5 ? Buffer.of(0) : Buffer.alloc(0),
      Buffer.from('1'),
    );

  it.each<[string, Buffer, number?]>([
    ['that is not UTF-8', Buffer.from([...Buffer.from('mHv1.0/'), 0xc3, 0x28])],
    ['with an overlong slash', Buffer.from([...Buffer.from('mHv1.0/a'), 0xc0, 0xaf, 0x62])],
    ['with half a surrogate pair', Buffer.from([...Buffer.from('mHv1.0/'), 0xed, 0xa0, 0x80])],
    ['with NUL', Buffer.from('mHv1.0/a\0b')],
    ['with a wildcard', Buffer.from('mHv1.0/+/a'), 0x90],
    ['with hundreds of levels', Buffer.from(`mHv1.0${'/a'.repeat(300)}`), 0x90],
    ['of slashes alone', Buffer.alloc(65_535, '/'), 0x90],
  ])('%s closes the connection', async (_, topic, code = MALFORMED_PACKET) => {
    for (const version of VERSIONS) {
      const socket = await clients.bare(ours, version);
      const answer = nextBytes(socket);
      socket.write(publishBytes(version, topic));
      const bytes = await answer;
      // DISCONNECT with its length and the reason code.
      expect([...bytes.subarray(0, 3)]).toEqual(version === 5 ? [0xe0, expect.any(Number), code] : []);
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve).resume());
    }
  });
});

describe('a payload', () => {
  it.each(VERSION_NAMES)(
    'of 2 MB closes the connection of MQTT %s, and is heard by nobody',
    async (_, protocolVersion) => {
      const topic = newTopic();
      const subscriber = await clients.connect(ours);
      const messages = inbox(subscriber);
      await subscriber.subscribeAsync(topic, { qos: 1 });
      for (const qos of [0, 1, 2] as const) {
        const client = await clients.connect(ours, { protocolVersion });
        const closed = closing(client);
        client.publishAsync(topic, Buffer.alloc(2 * MIB, 'x'), { qos }).catch(() => undefined);
        expect(await closed).toBe(protocolVersion === 5 ? PACKET_TOO_LARGE : undefined);
      }
      await subscriber.publishAsync(topic, 'end', { qos: 1 });
      await eventually(() => messages.length > 0);
      expect(messages.map(({ text }) => text)).toEqual(['end']);
      expect(await storedValues(ours.api, topic)).toEqual(['end']);
    },
  );

  it('of 1 MiB is taken whole', async () => {
    const topic = newTopic();
    const client = await clients.connect(ours);
    const text = 'ä'.repeat(MIB / 2);
    expect(await published(client, topic, text)).toBe(0);
    const [record] = await stored(ours.api, topic);
    expect(record!.value === text).toBe(true);
  });
});

describe('a connection', () => {
  it.each<[string, Buffer]>([
    ['random bytes', Buffer.from('GET / HTTP/1.1\r\nHost: hub\r\n\r\n')],
    ['a PUBLISH before CONNECT', mqttWire.publish('mHv1.0/a', '1', 1)],
    ['a packet of 256 MB that never comes', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])],
    ['a length that never ends', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ])('that opens with %s is closed', async (_, bytes) => {
    const socket = await clients.open();
    const closed = new Promise((resolve) => socket.once('close', resolve).resume());
    socket.write(bytes);
    await closed;
  });

  it('that signs in twice is closed', async () => {
    for (const version of VERSIONS) {
      const socket = await clients.bare(ours, version);
      const closed = new Promise((resolve) => socket.once('close', resolve).resume());
      socket.write(mqttWire.connect(version, 'again', theirs.id, theirs.token));
      await closed;
    }
  });

  it('that sends a reserved packet is told why with MQTT 5', async () => {
    const socket = await clients.bare(ours, 5);
    const answer = nextBytes(socket);
    socket.write(Buffer.from([0x32 | 0x06, 4, 0, 1, 0x61, 0]));
    expect([...(await answer)].slice(0, 3)).toEqual([0xe0, expect.any(Number), MALFORMED_PACKET]);
  });

  it('is one of 1,000 at once, and all are served', async () => {
    const topic = newTopic();
    const all = await inLanes(50, Array.from({ length: 1_000 }), (): Promise<MqttClient> =>
      clients.connect(ours, { protocolVersion: 4 }),
    );
    const heard = all.map((client) => inbox(client));
    await inLanes(50, all.slice(0, 100), (client) => client.subscribeAsync(`${topic}/+`, { qos: 0 }));
    await stillServes(app, clients, witness);
    await Promise.all(
      all.map((client, index) => client.publishAsync(`${topic}/${index % 10}`, String(index), { qos: 1 })),
    );
    expect(all.filter(({ connected }) => connected)).toHaveLength(1_000);
    await eventually(() => heard.slice(0, 100).every(({ length }) => length === 1_000));
    const values = await inLanes(5, [...Array(10).keys()], (index) => storedValues(ours.api, `${topic}/${index}`));
    expect(new Set(values.flat()).size).toBe(1_000);
    expect(values.flat()).toHaveLength(1_000);
  });
});
