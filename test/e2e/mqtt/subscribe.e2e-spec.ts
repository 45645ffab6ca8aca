import { newId } from '#kernel';
import { createTestApp, describeWithServers, eventually, inbox, type TestApp } from '#testing';
import type { IPublishPacket } from 'mqtt';
import { mosquittoSub } from './mosquitto-tools';
import { MqttClients, VERSION_NAMES } from './mqtt-clients';
import { newTenant, stored, type Tenant } from './tenants';

/** Whatever it means to the namespace, subscribers get these very bytes. */
const PAYLOADS = [
  '72.50',
  ' {"value" : 1.0}\n',
  '{"data":5}',
  '"on"',
  'läuft',
  '',
  '1e2',
  '{"b":1,"a":2}',
  'x'.repeat(9_999),
];

let app: TestApp;
let tenant: Tenant;
let clients: MqttClients;
const newTopic = (): string => `mHv1.0/subscribe/${newId()}`;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  tenant = await newTenant(app);
  clients = new MqttClients(app.mqttUrl);
});

afterEach(() => clients.end());
afterAll(() => app.stop());

describeWithServers(['mosquitto_sub'], 'mosquitto_sub', () => {
  it.each(VERSION_NAMES)('hears with MQTT %s what is published, byte for byte', async (_, version) => {
    const topic = newTopic();
    const target = { url: app.mqttUrl, version, id: tenant.id, token: tenant.token };
    const { messages } = await mosquittoSub(target, `${topic}/#`, 3 * PAYLOADS.length);
    const client = await clients.connect(tenant);
    const sent: object[] = [];
    for (const qos of [0, 1, 2] as const) {
      for (const payload of PAYLOADS) {
        await client.publishAsync(`${topic}/a`, payload, { qos });
        sent.push({ topic: `${topic}/a`, qos, retain: false, payload: Buffer.from(payload) });
      }
    }
    expect(await messages).toEqual(sent);
  });

  it('hears what comes by REST', async () => {
    const topic = newTopic();
    const target = { url: app.mqttUrl, version: 4, id: tenant.id, token: tenant.token } as const;
    const { messages } = await mosquittoSub(target, topic, 1);
    await tenant.api.post('/uns/data/publish', { topic, value: [1, 'ä'], source: 'erp', timestamp: 0 });
    const [message] = await messages;
    expect(message).toMatchObject({ topic, qos: 1, retain: false });
    expect(JSON.parse(message!.payload.toString())).toEqual({
      value: [1, 'ä'],
      timestamp: '1970-01-01T00:00:00.000Z',
      source: 'erp',
      quality: 'good',
    });
  });
});

describe('a subscriber', () => {
  it.each(VERSION_NAMES)('of MQTT %s gets what comes by REST as a record, in order', async (_, protocolVersion) => {
    const topic = newTopic();
    const client = await clients.connect(tenant, { protocolVersion });
    const messages = inbox(client);
    await client.subscribeAsync(`${topic}/+`, { qos: 2 });
    const records = Array.from({ length: 200 }, (_, index) => ({ topic: `${topic}/${index % 3}`, value: index }));
    expect((await tenant.api.post('/uns/data/publish', { topic: `${topic}/0`, value: 'first' })).status).toBe(200);
    expect((await tenant.api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    await eventually(() => messages.length > records.length);
    expect(messages.map(({ topic, text }) => ({ topic, value: JSON.parse(text).value }))).toEqual([
      { topic: `${topic}/0`, value: 'first' },
      ...records,
    ]);
    expect(new Set(messages.map(({ qos, retain }) => `${qos} ${String(retain)}`))).toEqual(new Set(['1 false']));
    const [record] = await stored(tenant.api, `${topic}/0`);
    expect(JSON.parse(messages.findLast((message) => message.topic === `${topic}/0`)!.text)).toEqual({
      value: record!.value,
      timestamp: record!.timestamp,
      source: null,
      quality: 'good',
    });
  });

  it('who comes later gets nothing of it: it is not retained', async () => {
    const topic = newTopic();
    await tenant.api.post('/uns/data/publish', { topic, value: 1 });
    const client = await clients.connect(tenant);
    const messages = inbox(client);
    await client.subscribeAsync(topic, { qos: 1 });
    await client.publishAsync(topic, 'end', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages.map(({ text }) => text)).toEqual(['end']);
  });

  it('who comes later gets what was retained by MQTT', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    await client.publishAsync(topic, '{"value": 7}', { qos: 1, retain: true });
    const late = await clients.connect(tenant, { protocolVersion: 4 });
    const messages = inbox(late);
    await late.subscribeAsync(`${topic}/#`, { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages).toEqual([{ topic, text: '{"value": 7}', retain: true, qos: 1 }]);
  });

  it('of MQTT 5 gets the properties of a message as they were sent', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    await client.subscribeAsync(topic, { qos: 1 });
    const properties = {
      contentType: 'application/json',
      responseTopic: 'mHv1.0/answers',
      correlationData: Buffer.from([1, 255]),
      userProperties: { unit: '°C' },
    };
    const heard = new Promise<IPublishPacket>((resolve) => client.once('message', (_t, _p, packet) => resolve(packet)));
    await client.publishAsync(topic, '1', { qos: 1, properties });
    expect(await heard).toMatchObject({ properties: { ...properties, userProperties: { unit: '°C' } } });
  });

  it('who was away gets with its session what came meanwhile, by MQTT and by REST', async () => {
    const topic = newTopic();
    const session = { clientId: newId(), clean: false, properties: { sessionExpiryInterval: 60 } };
    const before = await clients.connect(tenant, session);
    await before.subscribeAsync(topic, { qos: 1 });
    await before.endAsync();
    const publisher = await clients.connect(tenant);
    await publisher.publishAsync(topic, '1', { qos: 1 });
    await tenant.api.post('/uns/data/publish', { topic, value: 2 });
    const { messages } = await clients.resume(tenant, session);
    await eventually(() => messages.length === 2);
    expect(messages.map(({ text }) => JSON.parse(text))).toEqual([1, expect.objectContaining({ value: 2 })]);
  });

  it('hears nothing of what was refused', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    const messages = inbox(client);
    await client.subscribeAsync(topic, { qos: 2 });
    client.publish(topic, Buffer.of(0xff), { qos: 0 });
    for (const qos of [1, 2] as const)
      await client.publishAsync(topic, Buffer.of(0xff), { qos }).catch(() => undefined);
    expect((await tenant.api.post('/uns/data/publish', { topic, value: 1, quality: 'fine' })).status).toBe(400);
    await client.publishAsync(topic, 'end', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages.map(({ text }) => text)).toEqual(['end']);
  });
});
