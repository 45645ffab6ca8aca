import { newId } from '#kernel';
import { closing, createTestApp, describeWithServers, eventually, published, type TestApp } from '#testing';
import { mosquittoPub } from './mosquitto-tools';
import { MqttClients, VERSION_NAMES } from './mqtt-clients';
import { newTenant, stored, storedValues, type Tenant } from './tenants';

const QOS = [0, 1, 2] as const;
const WAYS = VERSION_NAMES.flatMap(([name, version]) => QOS.map((qos) => [name, qos, version] as const));

let app: TestApp;
let tenant: Tenant;
let clients: MqttClients;
const newTopic = (): string => `mHv1.0/publish/${newId()}`;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  tenant = await newTenant(app);
  clients = new MqttClients(app.mqttUrl);
});

afterEach(() => clients.end());
afterAll(() => app.stop());

describeWithServers(['mosquitto_pub'], 'mosquitto_pub', () => {
  it.each(WAYS)('publishes with MQTT %s and QoS %i what REST then reads', async (_, qos, version) => {
    const topic = newTopic();
    const before = Date.now();
    const target = { url: app.mqttUrl, version, id: tenant.id, token: tenant.token };
    const outcome = await mosquittoPub(target, ['-q', String(qos), '-s', '-t', topic], '{"rpm":1450,"status":"läuft"}');
    expect(outcome).toEqual({ code: 0, output: '' });
    // QoS 0 is acknowledged by nobody.
    const [record] = await eventually(async () => {
      const records = await stored(tenant.api, topic);
      return records.length > 0 && records;
    });
    expect(record).toMatchObject({ topic, value: { rpm: 1450, status: 'läuft' }, source: null, quality: 'good' });
    expect(record!.timestamp).toBe(record!.receivedAt);
    expect(Date.parse(record!.receivedAt)).toBeGreaterThanOrEqual(before);
  });

  it('publishes every line of a stream, kept in their order', async () => {
    const topic = newTopic();
    const values = Array.from({ length: 500 }, (_, index) => index);
    const target = { url: app.mqttUrl, version: 5, id: tenant.id, token: tenant.token } as const;
    const outcome = await mosquittoPub(target, ['-q', '1', '-l', '-t', topic], values.join('\n'));
    expect(outcome).toEqual({ code: 0, output: '' });
    expect(await storedValues(tenant.api, topic)).toEqual(values.toReversed());
  });
});

describe('the mqtt package', () => {
  it.each(WAYS)('publishes with MQTT %s and QoS %i what REST then reads', async (_, qos, protocolVersion) => {
    const topic = newTopic();
    const client = await clients.connect(tenant, { protocolVersion });
    await client.publishAsync(topic, '72.5', { qos });
    if (qos === 0) await eventually(async () => (await storedValues(tenant.api, topic)).length > 0);
    // An acknowledged message is stored: nothing is waited for.
    expect(await storedValues(tenant.api, topic)).toEqual([72.5]);
  });

  it('publishes many at once, each stored once and in order', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    const values = Array.from({ length: 1_000 }, (_, index) => index);
    await Promise.all(
      values.map((value) => client.publishAsync(topic, String(value), { qos: value % 2 === 0 ? 1 : 2 })),
    );
    expect(await storedValues(tenant.api, topic)).toEqual(values.toReversed());
  });
});

describe('a payload', () => {
  const INSTANT = '2026-01-02T03:04:05.678Z';
  const plain = { source: null, quality: 'good' };

  it.each<[string, string, object]>([
    ['a number', '-1.5e3', { value: -1500, ...plain }],
    ['null', 'null', { value: null, ...plain }],
    ['JSON text', '"on"', { value: 'on', ...plain }],
    ['an array', '[1,[2],{}]', { value: [1, [2], {}], ...plain }],
    ['text that is no JSON', 'running: yes', { value: 'running: yes', ...plain }],
    ['nothing, not retained', '', { value: '', ...plain }],
    ['an envelope of Nest', '{"data":5}', { value: { data: 5 }, ...plain }],
    [
      'a whole envelope of Nest',
      '{"pattern":"a","data":5,"id":"1"}',
      { value: { pattern: 'a', data: 5, id: '1' }, ...plain },
    ],
    [
      'a record',
      `{"value":{"a":1},"timestamp":"2026-01-02T04:04:05.678+01:00","source":"plc-01","quality":"uncertain"}`,
      { value: { a: 1 }, timestamp: INSTANT, source: 'plc-01', quality: 'uncertain' },
    ],
    [
      'a record with epoch milliseconds',
      `{"value":null,"timestamp":${Date.parse(INSTANT)}}`,
      { value: null, timestamp: INSTANT, ...plain },
    ],
    ['a record with more keys', '{"value":1,"unit":"°C"}', { value: { value: 1, unit: '°C' }, ...plain }],
    ['an object without value', '{"quality":"bad"}', { value: { quality: 'bad' }, ...plain }],
  ])('of %s is kept as what it is', async (_, payload, expected) => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    expect(await published(client, topic, payload)).toBe(0);
    expect(await stored(tenant.api, topic)).toEqual([expect.objectContaining({ topic, ...expected })]);
  });

  it('that is empty and retained takes the retained message back, and is no value', async () => {
    const topic = newTopic();
    const client = await clients.connect(tenant);
    await client.publishAsync(topic, '1', { qos: 1, retain: true });
    await client.publishAsync(topic, '', { qos: 1, retain: true });
    expect(await storedValues(tenant.api, topic)).toEqual([1]);
    const late = await clients.connect(tenant);
    const messages: unknown[] = [];
    late.on('message', (_topic, bytes) => messages.push(bytes.toString()));
    await late.subscribeAsync(topic, { qos: 1 });
    await client.publishAsync(topic, '2', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages).toEqual(['2']);
  });

  it.each<[string, string | Buffer]>([
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['a record with a wrong timestamp', '{"value":1,"timestamp":"yesterday"}'],
    ['a record with a wrong quality', '{"value":1,"quality":"fine"}'],
    ['a number beyond a double', '1e999'],
    ['NUL in a text', '"a\\u0000b"'],
    ['a document that is nested too deep', '['.repeat(100) + ']'.repeat(100)],
  ])('of %s is refused: 0x99, and with MQTT 3.1.1 the connection closes', async (_, payload) => {
    const topic = newTopic();
    const modern = await clients.connect(tenant);
    expect(await published(modern, topic, payload)).toBe(0x99);
    expect(await published(modern, topic, payload, 2)).toBe(0x99);
    expect(await published(modern, topic, '1')).toBe(0);

    const old = await clients.connect(tenant, { protocolVersion: 4 });
    const closed = closing(old);
    old.publishAsync(topic, payload, { qos: 1 }).catch(() => undefined);
    await closed;
    expect(await storedValues(tenant.api, topic)).toEqual([1]);
  });
});
