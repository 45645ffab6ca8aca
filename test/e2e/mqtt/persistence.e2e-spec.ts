import { newId } from '#kernel';
import { createTestApp, eventually, mqttWire, nextBytes, type TestApp } from '#testing';
import { KeptBroker, lasting } from './kept-broker';
import { changeBySql, newTenant, type Tenant } from './tenants';

let app: TestApp;
let tenant: Tenant;
let kept: KeptBroker;
const newTopic = (): string => `mHv1.0/kept/${newId()}`;

beforeAll(async () => {
  app = await createTestApp();
});

beforeEach(async () => {
  tenant = await newTenant(app);
  kept = await KeptBroker.start(app);
});

afterEach(() => kept.stop());
afterAll(() => app.stop());

const rows = async (table: string): Promise<number> => {
  const [row] = (await changeBySql(app, `SELECT count(*)::int AS count FROM ${table} WHERE organization_id = $1`, [
    tenant.id,
  ])) as { count: number }[];
  return row!.count;
};

const texts = (messages: { text: string }[]): string[] => messages.map(({ text }) => text);

const VERSIONS = [
  ['3.1.1', (clientId: string) => ({ clientId, clean: false, protocolVersion: 4 as const })],
  ['5', lasting],
] as const;

describe('after kill -9', () => {
  it.each(VERSIONS)('a session of MQTT %s has its subscriptions and messages', async (_, options) => {
    const [topic, clientId] = [newTopic(), newId()];
    const before = await kept.client(tenant, options(clientId));
    expect(before.sessionPresent).toBe(false);
    await before.client.subscribeAsync({ [`${topic}/1/#`]: { qos: 1 }, [`${topic}/2`]: { qos: 2 } });
    await before.client.endAsync();
    const { client } = await kept.client(tenant);
    const payload = Buffer.from([0, 255, 10]);
    const properties = { contentType: 'x', correlationData: Buffer.from([1, 255]), userProperties: { a: ['b', 'c'] } };
    await client.publishAsync(`${topic}/1/a`, payload, { qos: 1, properties });
    await client.publishAsync(`${topic}/2`, 'second', { qos: 2 });

    await kept.crash();
    const after = await kept.client(tenant, options(clientId));
    expect(after.sessionPresent).toBe(true);
    await eventually(() => after.messages.length === 2);
    expect(after.messages).toMatchObject([
      { topic: `${topic}/1/a`, text: payload.toString(), qos: 1 },
      { topic: `${topic}/2`, text: 'second', qos: 2 },
    ]);
    const { client: again } = await kept.client(tenant);
    await again.publishAsync(`${topic}/1/b`, 'live', { qos: 1 });
    await eventually(() => after.messages.length === 3);
    await eventually(async () => (await rows('mqtt_messages')) === 0);
    expect([await rows('mqtt_queued'), await rows('mqtt_sessions')]).toEqual([0, 1]);
  });

  it('properties of MQTT 5 come with the message, and its lifetime goes on', async () => {
    const [topic, clientId] = [newTopic(), newId()];
    const before = await kept.client(tenant, lasting(clientId));
    await before.client.subscribeAsync(topic, { qos: 1, properties: { subscriptionIdentifier: 9 } });
    await before.client.endAsync();
    const { client } = await kept.client(tenant);
    const properties = {
      contentType: 'x',
      correlationData: Buffer.from([1, 255]),
      userProperties: { a: ['b', 'c'] },
      messageExpiryInterval: 3_600,
    };
    await client.publishAsync(topic, '1', { qos: 1, properties });
    await kept.crash();
    const { packets } = await kept.client(tenant, lasting(clientId));
    await eventually(() => packets.length === 1);
    const messageExpiryInterval = expect.any(Number) as number;
    const expected = { ...properties, messageExpiryInterval, subscriptionIdentifier: 9 };
    expect(packets[0]).toMatchObject({ dup: true, properties: expected });
  });

  it('a QoS 2 message that was acknowledged is recognised when it is sent again', async () => {
    const [topic, clientId] = [newTopic(), newId()];
    const signIn = mqttWire.connect(4, clientId, tenant.id, tenant.token, false);
    const { socket, answer } = await kept.bare(signIn);
    expect([...answer]).toEqual([0x20, 2, 0, 0]);
    const pubrec = nextBytes(socket);
    socket.write(mqttWire.publish(topic, 'once', 2, 7));
    expect([...(await pubrec)]).toEqual([0x50, 2, 0, 7]);

    await kept.crash();
    const again = await kept.bare(signIn);
    expect([...again.answer]).toEqual([0x20, 2, 1, 0]);
    const repeated = nextBytes(again.socket);
    again.socket.write(mqttWire.publish(topic, 'once', 2, 7, true));
    expect([...(await repeated)]).toEqual([0x50, 2, 0, 7]);
    const pubcomp = nextBytes(again.socket);
    again.socket.write(mqttWire.packet(0x62, Buffer.of(0, 7)));
    expect([...(await pubcomp)]).toEqual([0x70, 2, 0, 7]);
    expect(kept.handler.texts).toEqual(['once']);

    // Released is released: by the same id there comes another message now.
    await kept.crash();
    const third = await kept.bare(signIn);
    const fresh = nextBytes(third.socket);
    third.socket.write(mqttWire.publish(topic, 'another', 2, 7, true));
    expect([...(await fresh)]).toEqual([0x50, 2, 0, 7]);
    expect(kept.handler.texts).toEqual(['once', 'another']);
  });

  it('a subscriber that has a QoS 2 message gets its PUBREL alone', async () => {
    const [topic, clientId] = [newTopic(), newId()];
    const signIn = mqttWire.connect(4, clientId, tenant.id, tenant.token, false);
    const { socket } = await kept.bare(signIn);
    const suback = nextBytes(socket);
    socket.write(mqttWire.packet(0x82, Buffer.of(0, 1), mqttWire.text(topic), Buffer.of(2)));
    expect([...(await suback)]).toEqual([0x90, 3, 0, 1, 2]);
    const publish = nextBytes(socket);
    const { client } = await kept.client(tenant);
    await client.publishAsync(topic, 'x', { qos: 2 });
    const id = (await publish).subarray(-3, -1);
    const pubrel = nextBytes(socket);
    socket.write(mqttWire.packet(0x50, id));
    expect([...(await pubrel)]).toEqual([0x62, 2, ...id]);

    await kept.crash();
    const again = await kept.bare(signIn);
    const answer = again.answer.length > 4 ? again.answer.subarray(4) : await nextBytes(again.socket);
    expect([...answer]).toEqual([0x62, 2, ...id]);
    again.socket.write(mqttWire.packet(0x70, id));
    await eventually(async () => (await rows('mqtt_messages')) === 0);
  });

  it('retained messages are there, the last of each topic, and those that were taken back are not', async () => {
    const topic = newTopic();
    const { client } = await kept.client(tenant);
    for (const value of ['1', '2']) await client.publishAsync(`${topic}/a`, value, { qos: 1, retain: true });
    await client.publishAsync(`${topic}/b`, '3', { qos: 1, retain: true });
    await client.publishAsync(`${topic}/b`, '', { qos: 1, retain: true });
    const brief = { qos: 1 as const, retain: true, properties: { messageExpiryInterval: 1 } };
    await client.publishAsync(`${topic}/c`, '4', brief);
    await changeBySql(app, `UPDATE mqtt_retained SET expires_at = now() - interval '1 s' WHERE topic LIKE $1`, [
      `%${topic}/c`,
    ]);
    await kept.crash();
    const { client: late, messages } = await kept.client(tenant);
    await late.subscribeAsync(`${topic}/#`, { qos: 1 });
    await late.publishAsync(`${topic}/end`, 'end', { qos: 1 });
    await eventually(() => texts(messages).includes('end'));
    expect(texts(messages).sort()).toEqual(['2', 'end']);
    expect(await rows('mqtt_retained')).toBe(1);
  });

  it('sessions and messages whose time is over are gone', async () => {
    const topic = newTopic();
    for (const clientId of ['over', 'brief']) {
      const { client } = await kept.client(tenant, lasting(clientId));
      await client.subscribeAsync(topic, { qos: 1 });
      await client.endAsync();
    }
    const { client } = await kept.client(tenant);
    await client.publishAsync(topic, '1', { qos: 1, properties: { messageExpiryInterval: 60 } });
    await eventually(async () => (await rows('mqtt_queued')) === 2);
    await changeBySql(app, `UPDATE mqtt_sessions SET expires_at = now() - interval '1 s' WHERE client_id LIKE $1`, [
      '%/over',
    ]);
    await changeBySql(app, `UPDATE mqtt_messages SET expires_at = now() - interval '1 s' WHERE organization_id = $1`, [
      tenant.id,
    ]);
    await kept.crash();
    expect((await kept.client(tenant, lasting('over'))).sessionPresent).toBe(false);
    const { sessionPresent, messages } = await kept.client(tenant, lasting('brief'));
    expect(sessionPresent).toBe(true);
    const { client: other } = await kept.client(tenant);
    await other.publishAsync(topic, '2', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(texts(messages)).toEqual(['2']);
  });

  it('a clean start and an end of the session are as final as before', async () => {
    const { client } = await kept.client(tenant, lasting('plc'));
    await client.subscribeAsync('mHv1.0/#', { qos: 1 });
    await client.unsubscribeAsync('mHv1.0/#');
    await kept.crash();
    const again = await kept.client(tenant, lasting('plc'));
    expect(again.sessionPresent).toBe(true);
    const { client: other } = await kept.client(tenant);
    await other.publishAsync(newTopic(), 'not for it', { qos: 1 });
    await kept.client(tenant, { ...lasting('plc'), clean: true, properties: { sessionExpiryInterval: 0 } });
    await eventually(async () => (await rows('mqtt_sessions')) === 0);
    await kept.crash();
    expect((await kept.client(tenant, lasting('plc'))).sessionPresent).toBe(false);
    expect(again.messages).toEqual([]);
  });
});

describe('a will', () => {
  const will = (topic: string) => ({ topic, payload: Buffer.from('gone'), qos: 1 as const });

  it('of a client that was connected at kill -9 is sent unless it comes back', async () => {
    const topic = newTopic();
    await kept.client(tenant, { clientId: 'lost', will: will(`${topic}/lost`) });
    // Longer than it takes to come back on any machine; for those without a delay it is a part of a second here.
    const patient = { ...will(`${topic}/back`), properties: { willDelayInterval: 3_600 } };
    await kept.client(tenant, { clientId: 'back', will: patient });
    const left = await kept.client(tenant, { clientId: 'left', will: will(`${topic}/left`) });
    await left.client.endAsync();
    await eventually(async () => (await rows('mqtt_wills')) === 2);
    await kept.crash();
    await kept.client(tenant, { clientId: 'back' });
    await eventually(() => kept.handler.received.length > 0);
    await eventually(async () => (await rows('mqtt_wills')) === 0);
    expect(kept.handler.received).toMatchObject([
      { organizationId: tenant.id, topic: `${topic}/lost`, clientId: 'lost' },
    ]);
  });

  it('waits for its delay, which begins anew', async () => {
    const topic = newTopic();
    const delayed = { ...will(topic), properties: { willDelayInterval: 3_600 } };
    await kept.client(tenant, { ...lasting('patient'), will: delayed });
    await kept.client(tenant, { clientId: 'lost', will: will(`${topic}/lost`) });
    await kept.crash();
    await eventually(() => kept.handler.received.length > 0);
    expect(kept.handler.received.map((message) => message.topic)).toEqual([`${topic}/lost`]);
    expect(await rows('mqtt_wills')).toBeGreaterThan(0);
  });

  it('is left to the next start by a broker that stops', async () => {
    const topic = newTopic();
    await kept.client(tenant, { clientId: 'lost', will: will(topic) });
    await kept.restart();
    await eventually(() => kept.handler.received.length === 1);
    expect(kept.handler.received[0]).toMatchObject({ topic });
  });

  it('needs the rights of the time when it is sent', async () => {
    const { client } = await kept.client(tenant, { clientId: 'lost', will: will(newTopic()) });
    await changeBySql(app, `UPDATE access_tokens SET expires_at = now() - interval '1 s' WHERE user_id = $1`, [
      tenant.editor.id,
    ]);
    // Its connection ends, and its will is not sent; but the process ends before that is on disk.
    kept.hold();
    await eventually(() => !client.connected);
    await kept.crash();
    await eventually(async () => (await rows('mqtt_wills')) === 0);
    expect(kept.handler.received).toEqual([]);
  });

  it('does not leave its client’s token readable', async () => {
    await kept.client(tenant, { clientId: 'lost', will: will(newTopic()) });
    const [row] = (await changeBySql(app, 'SELECT credential, payload FROM mqtt_wills WHERE organization_id = $1', [
      tenant.id,
    ])) as { credential: Buffer; payload: Buffer }[];
    expect(row!.payload.toString()).toBe('gone');
    expect(row!.credential.includes(tenant.token)).toBe(false);
  });
});

describe('while the database does not answer', () => {
  it('what has to last waits for it, in order, and others go on', async () => {
    const topic = newTopic();
    const away = await kept.client(tenant, lasting('away'));
    await away.client.subscribeAsync(`${topic}/kept`, { qos: 1 });
    await away.client.endAsync();
    const live = await kept.client(tenant);
    await live.client.subscribeAsync(`${topic}/#`, { qos: 1 });
    const { client } = await kept.client(tenant);
    kept.hold();
    const acknowledged: string[] = [];
    const publish = (name: string, retain = false): Promise<unknown> =>
      client.publishAsync(`${topic}/${name}`, name, { qos: 1, retain }).then(() => acknowledged.push(name));
    const waiting = [publish('kept'), publish('retained', true)];
    const { client: other } = await kept.client(tenant);
    await other.publishAsync(`${topic}/passing`, 'passing', { qos: 1 });
    // Whoever listens gets all of it at once.
    await eventually(() => live.messages.length === 3);
    expect(acknowledged).toEqual([]);
    kept.release();
    await Promise.all(waiting);
    expect(acknowledged).toEqual(['kept', 'retained']);
    await kept.crash();
    const back = await kept.client(tenant, lasting('away'));
    await eventually(() => back.messages.length === 1);
    expect(texts(back.messages)).toEqual(['kept']);
  });

  it('a subscription is granted when it is stored', async () => {
    const { client } = await kept.client(tenant, lasting('careful'));
    kept.hold();
    let granted = false;
    const subscribed = client.subscribeAsync('mHv1.0/a', { qos: 1 }).then(() => (granted = true));
    const { client: other } = await kept.client(tenant);
    await other.publishAsync(newTopic(), '1', { qos: 1 });
    expect(granted).toBe(false);
    kept.release();
    await subscribed;
  });

  it('messages that nobody keeps cost no write', async () => {
    const { client } = await kept.client(tenant);
    const live = await kept.client(tenant);
    await live.client.subscribeAsync('mHv1.0/#', { qos: 2 });
    const before = kept.writes;
    const topic = newTopic();
    await Promise.all(Array.from({ length: 100 }, (_, i) => client.publishAsync(topic, String(i), { qos: 1 })));
    await Promise.all(Array.from({ length: 100 }, (_, i) => client.publishAsync(topic, String(i), { qos: 2 })));
    await eventually(() => live.messages.length === 200);
    expect(kept.writes).toBe(before);
  });
});

it('stops and starts again in one process', async () => {
  const topic = newTopic();
  const { client } = await kept.client(tenant, lasting('plc'));
  await client.subscribeAsync(topic, { qos: 1 });
  for (const text of ['1', '2']) {
    await kept.restart();
    const { client: publisher } = await kept.client(tenant);
    await publisher.publishAsync(topic, text, { qos: 1 });
  }
  await kept.restart();
  const { messages, sessionPresent } = await kept.client(tenant, lasting('plc'));
  await eventually(() => messages.length === 2);
  expect([sessionPresent, ...texts(messages)]).toEqual([true, '1', '2']);
});
