import { type IPublishPacket, type ISubscriptionMap, type MqttClient } from 'mqtt';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { Socket } from 'node:net';
import { newId } from '#kernel';
import { createTestApp, describeWithServers, eventually, inbox, mqttWire, nextBytes, type TestApp } from '#testing';
import { lasting } from './kept-broker';
import { mosquittoPub, mosquittoSub } from './mosquitto-tools';
import { heardBy, MqttClients, type Version } from './mqtt-clients';
import { newTenant, type Tenant } from './tenants';

/* What docs/mqtt.md says of features beyond publishing and hearing (publish, subscribe, access and attacks have those). */

let app: TestApp;
let tenant: Tenant;
let clients: MqttClients;
const newTopic = (): string => `mHv1.0/conformance/${newId()}`;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  tenant = await newTenant(app);
  clients = new MqttClients(app.mqttUrl);
});

afterEach(() => clients.end());
afterAll(() => app.stop());

/** A connection whose packets are read one by one, and answered by nobody but the test. */
class Wire {
  readonly packets: Packet[] = [];
  readonly closed: Promise<unknown>;
  connack: { sessionPresent?: boolean; reasonCode?: number; properties?: object } = {};

  private constructor(
    private readonly socket: Socket,
    private readonly version: Version,
  ) {
    const reader = parser({ protocolVersion: version });
    reader.on('packet', (packet: Packet) => this.packets.push(packet));
    socket.on('data', (bytes) => reader.parse(bytes));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open(version: Version, connect: Partial<Parameters<typeof generate>[0]> = {}): Promise<Wire> {
    const wire = new Wire(await clients.open(), version);
    wire.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: version,
      clean: true,
      clientId: newId(),
      keepalive: 60,
      username: tenant.id,
      password: Buffer.from(tenant.token),
      ...connect,
    } as Packet);
    wire.connack = await wire.next('connack');
    return wire;
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet, { protocolVersion: this.version }));
  }

  /** Takes the first packet of that kind once it is there. */
  async next<T = Record<string, unknown>>(cmd: Packet['cmd']): Promise<T> {
    const index = await eventually(() => {
      const found = this.packets.findIndex((packet) => packet.cmd === cmd);
      return found < 0 ? undefined : { found };
    });
    return this.packets.splice(index.found, 1)[0] as T;
  }

  count(cmd: Packet['cmd']): number {
    return this.packets.filter((packet) => packet.cmd === cmd).length;
  }

  async subscribe(...subscriptions: { topic: string; qos: 0 | 1 | 2 }[]): Promise<number[]> {
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    return (await this.next<{ granted: number[] }>('suback')).granted;
  }

  /** Resolves once the broker has done everything it got so far. */
  async ping(): Promise<void> {
    this.send({ cmd: 'pingreq' });
    await this.next('pingresp');
  }
}

async function packetsOf(client: MqttClient, subscriptions: ISubscriptionMap): Promise<IPublishPacket[]> {
  const packets = heardBy(client);
  await client.subscribeAsync(subscriptions);
  return packets;
}

describe('Receive Maximum', () => {
  it.each([1, 2] as const)('of a subscriber is never exceeded with QoS %i', async (qos) => {
    const topic = newTopic();
    const wire = await Wire.open(5, { properties: { receiveMaximum: 3 } });
    await wire.subscribe({ topic, qos });
    const publisher = await clients.connect(tenant);
    for (let i = 0; i < 10; i++) await publisher.publishAsync(topic, String(i), { qos });
    const values: string[] = [];
    while (values.length < 10) {
      await eventually(() => wire.count('publish') > 0);
      await wire.ping();
      expect(wire.count('publish')).toBeLessThanOrEqual(3);
      const { messageId, payload } = await wire.next<{ messageId: number; payload: Buffer }>('publish');
      values.push(payload.toString());
      if (qos === 1) wire.send({ cmd: 'puback', messageId, reasonCode: 0 });
      else {
        wire.send({ cmd: 'pubrec', messageId, reasonCode: 0 });
        await wire.next('pubrel');
        wire.send({ cmd: 'pubcomp', messageId, reasonCode: 0 });
      }
    }
    expect(values).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
  });

  it('is free again after a PUBREC that refuses', async () => {
    const topic = newTopic();
    const wire = await Wire.open(5, { properties: { receiveMaximum: 1 } });
    await wire.subscribe({ topic, qos: 2 });
    const publisher = await clients.connect(tenant);
    for (const text of ['1', '2']) await publisher.publishAsync(topic, text, { qos: 2 });
    const first = await wire.next<{ messageId: number }>('publish');
    wire.send({ cmd: 'pubrec', messageId: first.messageId, reasonCode: 0x97 });
    expect((await wire.next<{ payload: Buffer }>('publish')).payload.toString()).toBe('2');
    expect(wire.count('pubrel')).toBe(0);
  });

  it('of 0 is a protocol error', async () => {
    const { connack } = await Wire.open(5, { properties: { receiveMaximum: 0 } });
    expect(connack.reasonCode).toBe(0x82);
  });
});

it('heeds a subscriber’s Maximum Packet Size, to the byte', async () => {
  const topic = newTopic();
  const properties = { contentType: 'text', userProperties: { a: 'b' }, correlationData: Buffer.from('c') };
  const publish = { cmd: 'publish', topic, qos: 1, messageId: 1, dup: false, retain: false, properties } as const;
  const whole = generate({ ...publish, payload: 'x'.repeat(200) }, { protocolVersion: 5 }).length;
  const wire = await Wire.open(5, { properties: { maximumPacketSize: whole } });
  await wire.subscribe({ topic, qos: 1 });
  const publisher = await clients.connect(tenant);
  for (const length of [201, 200, 5_000, 1]) {
    await publisher.publishAsync(topic, 'x'.repeat(length), { qos: 1, properties });
  }
  await eventually(() => wire.count('publish') === 2);
  const lengths = wire.packets.map((packet) => (packet as unknown as { payload: Buffer }).payload.length);
  expect(lengths).toEqual([200, 1]);
});

describe('overlapping filters', () => {
  it('bring one copy, with the highest QoS and all identifiers', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    const packets = heardBy(client);
    await client.subscribeAsync(`${topic}/#`, { qos: 0, properties: { subscriptionIdentifier: 5 } });
    await client.subscribeAsync(`${topic}/+`, { qos: 2, properties: { subscriptionIdentifier: 6 } });
    await client.subscribeAsync(`${topic}/a`, { qos: 1 });
    await client.publishAsync(`${topic}/a`, '1', { qos: 2 });
    await client.publishAsync(`${topic}/b/c`, '2', { qos: 2 });
    await eventually(() => packets.length === 2);
    const of = (text: string) => packets.find(({ payload }) => payload.toString() === text);
    expect(of('1')).toMatchObject({ qos: 2, properties: { subscriptionIdentifier: [5, 6] } });
    expect(of('2')).toMatchObject({ qos: 0, properties: { subscriptionIdentifier: 5 } });
  });

  it('bring one copy with MQTT 3.1.1 as well', async () => {
    const topic = newTopic();
    const wire = await Wire.open(4);
    await wire.subscribe({ topic: `${topic}/#`, qos: 0 }, { topic: `${topic}/+`, qos: 1 });
    const publisher = await clients.connect(tenant);
    await publisher.publishAsync(`${topic}/a`, '1', { qos: 2 });
    expect(await wire.next('publish')).toMatchObject({ qos: 1 });
    await wire.ping();
    expect(wire.count('publish')).toBe(0);
  });
});

describe('a session', () => {
  it.each([4, 5] as const)('is present also without subscriptions (version byte %i)', async (version) => {
    const lifetime = version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {};
    const connect = { clientId: newId(), ...lifetime };
    const present: unknown[] = [];
    for (const clean of [false, false, true, false, false]) {
      present.push((await Wire.open(version, { ...connect, clean })).connack.sessionPresent);
    }
    // With MQTT 3.1.1 a clean session ends with its connection, with MQTT 5 its lifetime is another matter.
    expect(present).toEqual([false, true, false, version === 5, true]);
  });

  it('ends with its connection where the client wishes so at last', async () => {
    const connect = { clientId: newId(), clean: false, properties: { sessionExpiryInterval: 60 } };
    const first = await Wire.open(5, connect);
    first.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await first.closed;
    expect((await Wire.open(5, connect)).connack.sessionPresent).toBe(false);
    expect((await Wire.open(5, connect)).connack.sessionPresent).toBe(true);
  });

  it('is told a lifetime that was cut', async () => {
    const { connack } = await Wire.open(5, { properties: { sessionExpiryInterval: 0xffffffff } });
    expect(connack.properties).toMatchObject({ sessionExpiryInterval: 7 * 86_400 });
  });

  it('goes on where a killed connection left it: unacknowledged messages come again, in order and marked', async () => {
    const topic = newTopic();
    const connect = { clientId: newId(), clean: false } as const;
    const first = await Wire.open(4, connect);
    await first.subscribe({ topic, qos: 1 });
    const publisher = await clients.connect(tenant);
    for (const text of ['1', '2', '3']) await publisher.publishAsync(topic, text, { qos: 1 });
    const { messageId } = await first.next<{ messageId: number }>('publish');
    first.send({ cmd: 'puback', messageId });
    await first.ping();
    // Taken over, in the middle of it.
    const second = await Wire.open(4, connect);
    const again = [await second.next('publish'), await second.next('publish')] as { payload: Buffer; dup: boolean }[];
    expect(again.map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['2', true],
      ['3', true],
    ]);
  });
});

it('tells the lifetime that is left of a message', async () => {
  const topic = newTopic();
  const publisher = await clients.connect(tenant);
  const live = await packetsOf(await clients.connect(tenant), { [topic]: { qos: 1 } });
  const properties = { messageExpiryInterval: 100 };
  await publisher.publishAsync(topic, '1', { qos: 1, retain: true, properties });
  await eventually(() => live.length === 1);
  const late = await packetsOf(await clients.connect(tenant), { [topic]: { qos: 1 } });
  await eventually(() => late.length === 1);
  for (const packet of [live[0], late[0]]) {
    const left = packet!.properties!.messageExpiryInterval!;
    expect(left > 0 && left <= 100).toBe(true);
  }
});

describe('UNSUBACK', () => {
  it('says of each filter whether there was a subscription, also of a session that was taken up', async () => {
    const connect = { clientId: newId(), clean: false, properties: { sessionExpiryInterval: 60 } };
    const first = await Wire.open(5, connect);
    await first.subscribe({ topic: 'mHv1.0/a', qos: 1 }, { topic: '$share/g/mHv1.0/b', qos: 1 });
    const second = await Wire.open(5, connect);
    const unsubscriptions = ['mHv1.0/a', 'mHv1.0/none', '$share/g/mHv1.0/b', '$share/h/mHv1.0/b'];
    second.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions });
    expect(await second.next('unsuback')).toMatchObject({ messageId: 9, granted: [0, 0x11, 0, 0x11] });
  });

  it('is no answer to a malformed filter: DISCONNECT 0x8F', async () => {
    for (const filter of ['a#', 'a/#/b', '+a', '$share/g', '$share//a', '$share/+/a']) {
      const wire = await Wire.open(5);
      wire.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [filter] });
      expect(await wire.next('disconnect')).toMatchObject({ reasonCode: 0x8f });
    }
  });

  it('of MQTT 3.1.1 comes whatever there was', async () => {
    const socket = await clients.bare(tenant, 4);
    const answer = nextBytes(socket);
    socket.write(mqttWire.packet(0xa2, Buffer.of(0, 5), mqttWire.text('mHv1.0/none')));
    expect([...(await answer)]).toEqual([0xb0, 2, 0, 5]);
  });
});

describe('SUBACK', () => {
  it('has a code for each filter', async () => {
    const token = await app.newToken(['uns:read:mHv1.0/mine/#'], tenant.editor);
    const wire = await Wire.open(5, { password: Buffer.from(token) });
    const filters = ['mHv1.0/mine/a', 'mHv1.0/theirs', 'mHv1.0/mine/#'] as const;
    expect(await wire.subscribe(...filters.map((topic, qos) => ({ topic, qos: qos as 0 | 1 | 2 })))).toEqual([
      0, 0x87, 2,
    ]);
  });

  it('says 0x97 beyond 1,000 subscriptions, and again what is there already', async () => {
    const wire = await Wire.open(5);
    const many = Array.from({ length: 1_001 }, (_, i) => ({ topic: `mHv1.0/${i}`, qos: 0 as const }));
    const granted = await wire.subscribe(...many);
    expect([granted.length, granted[999], granted[1_000]]).toEqual([1_001, 0, 0x97]);
    expect(await wire.subscribe({ topic: 'mHv1.0/5', qos: 1 })).toEqual([1]);
  });

  it('is none for an identifier of 0 or a shared subscription that leaves out local messages: 0x82', async () => {
    const subscribe = { cmd: 'subscribe', messageId: 1 } as const;
    const [zero, local] = [await Wire.open(5), await Wire.open(5)];
    const noLocal = [{ topic: '$share/g/mHv1.0/a', qos: 1, nl: true }];
    local.send({ ...subscribe, subscriptions: noLocal } as Packet);
    expect(await local.next('disconnect')).toMatchObject({ reasonCode: 0x82 });
    zero.send({
      ...subscribe,
      subscriptions: [{ topic: 'mHv1.0/a', qos: 1 }],
      properties: { subscriptionIdentifier: 0 },
    });
    expect(await zero.next('disconnect')).toMatchObject({ reasonCode: 0x82 });
  });
});

describe('retained messages', () => {
  it.each([
    [0, ['kept', 'kept']],
    [1, ['kept']],
    [2, []],
  ] as const)('with Retain Handling %i come as %j to a filter that is subscribed to twice', async (rh, expected) => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    await client.publishAsync(topic, 'kept', { qos: 1, retain: true });
    const messages = inbox(client);
    for (let times = 0; times < 2; times++) await client.subscribeAsync(topic, { qos: 1, rh });
    await client.publishAsync(topic, 'end', { qos: 1 });
    await eventually(() => messages.some(({ text }) => text === 'end'));
    expect(messages.map(({ text }) => text).filter((text) => text !== 'end')).toEqual(expected);
  });

  it('more than a client may have in flight come all of them, and live ones between', async () => {
    const topic = newTopic();
    const publisher = await clients.connect(tenant);
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => publisher.publishAsync(`${topic}/${i}`, 'x', { qos: 1, retain: true })),
    );
    const client = await clients.connect(tenant, { ...lasting(newId()), properties: { receiveMaximum: 7 } });
    const messages = inbox(client);
    await client.subscribeAsync(`${topic}/#`, { qos: 1 });
    await publisher.publishAsync(`${topic}/live`, 'live', { qos: 1 });
    await eventually(() => messages.length === 501);
    expect(new Set(messages.map((message) => message.topic)).size).toBe(501);
  });

  it('are none for a shared subscription', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    await client.publishAsync(topic, 'kept', { qos: 1, retain: true });
    const messages = inbox(client);
    await client.subscribeAsync(`$share/g/${topic}`, { qos: 1 });
    await client.publishAsync(topic, 'live', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages.map(({ text }) => text)).toEqual(['live']);
  });
});

describe('a shared subscription', () => {
  it('gives each message to one of the group, and to everybody beside it', async () => {
    const topic = newTopic();
    const [one, other, apart, plain] = await Promise.all(
      ['$share/g/', '$share/g/', '$share/h/', ''].map(async (prefix) => {
        const client = await clients.connect(tenant);
        const messages = inbox(client);
        await client.subscribeAsync(`${prefix}${topic}/#`, { qos: 1 });
        return messages;
      }),
    );
    const publisher = await clients.connect(tenant);
    const values = Array.from({ length: 50 }, (_, i) => String(i));
    for (const value of values) await publisher.publishAsync(`${topic}/a`, value, { qos: 1 });
    await eventually(() => one!.length + other!.length === 50 && apart!.length === 50 && plain!.length === 50);
    expect(new Set([...one!, ...other!].map(({ text }) => text))).toEqual(new Set(values));
    expect(Math.min(one!.length, other!.length)).toBeGreaterThan(0);
  });

  it('waits in a session when nobody of the group is connected', async () => {
    const topic = newTopic();
    const options = lasting(newId());
    const client = await clients.connect(tenant, options);
    await client.subscribeAsync(`$share/g/${topic}`, { qos: 1 });
    await client.endAsync();
    await (await clients.connect(tenant)).publishAsync(topic, 'waits', { qos: 1 });
    const wire = await Wire.open(5, { ...options, clientId: options.clientId });
    expect(await wire.next('publish')).toMatchObject({ topic });
  });
});

it('takes topic aliases, and says up to which', async () => {
  const topic = newTopic();
  const subscriber = await clients.connect(tenant);
  const packets = await packetsOf(subscriber, { [topic]: { qos: 1 } });
  const client = await clients.connect(tenant, { autoAssignTopicAlias: true });
  for (const text of ['1', '2', '3']) await client.publishAsync(topic, text, { qos: 1 });
  await eventually(() => packets.length === 3);
  expect(packets.map((packet) => [packet.topic, packet.properties?.topicAlias])).toEqual(
    Array.from({ length: 3 }, () => [topic, undefined]),
  );
});

it('takes packets that come together with the CONNECT', async () => {
  const topic = newTopic();
  const socket = await clients.open();
  const heard: Buffer[] = [];
  socket.on('data', (bytes) => heard.push(bytes));
  socket.write(
    Buffer.concat([
      mqttWire.connect(4, newId(), tenant.id, tenant.token),
      mqttWire.packet(0x82, Buffer.of(0, 1), mqttWire.text(topic), Buffer.of(0)),
      mqttWire.publish(topic, 'early', 1, 2),
      mqttWire.packet(0xc0),
    ]),
  );
  const has = (bytes: number[]): boolean => Buffer.concat(heard).includes(Buffer.from(bytes));
  await eventually(() => has([0x20, 2, 0, 0]) && has([0x90, 3, 0, 1, 0]) && has([0x40, 2, 0, 2]) && has([0xd0, 0]));
  await eventually(() => Buffer.concat(heard).includes('early'));
});

describe('enhanced authentication', () => {
  it('is refused: 0x8C', async () => {
    const socket = await clients.open();
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 5,
        clean: true,
        clientId: newId(),
        keepalive: 60,
        username: tenant.id,
        password: Buffer.from(tenant.token),
        properties: { authenticationMethod: 'SCRAM-SHA-256' },
      }),
    );
    expect([...(await nextBytes(socket))].slice(0, 4)).toEqual([0x20, expect.any(Number), 0, 0x8c]);
  });
});

describeWithServers(['mosquitto_sub', 'mosquitto_pub'], 'the mosquitto tools', () => {
  it('share a subscription and use retained messages', async () => {
    const topic = newTopic();
    const target = { url: app.mqttUrl, version: 5, id: tenant.id, token: tenant.token } as const;
    const { messages } = await mosquittoSub(target, `$share/tools/${topic}/#`, 2);
    for (const text of ['1', '2']) {
      await mosquittoPub(target, ['-q', '2', '-r', '-t', `${topic}/${text}`, '-m', text]);
    }
    expect((await messages).map(({ payload }) => payload.toString()).sort()).toEqual(['1', '2']);
    const late = await mosquittoSub({ ...target, version: 4 }, `${topic}/+`, 2);
    expect((await late.messages).map(({ retain }) => retain)).toEqual([true, true]);
  });
});
