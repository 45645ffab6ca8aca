import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, published, type ApiClient, type TestApp } from '#testing';
import { MqttClients } from './mqtt-clients';
import { storedValues } from './tenants';

/** Values by MQTT that a schema refuses: they are in quarantine, and no device has to send them for ever. */
describe('a value that its schema refuses', () => {
  let app: TestApp;
  let api: ApiClient;
  let login: { id: string; token: string };
  let clients: MqttClients;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    login = { id: app.organizationId, token: await app.newToken(ALL_SCOPES) };
    api = app.api(login.token);
    clients = new MqttClients(app.mqttUrl);
  });

  afterEach(() => clients.end());
  afterAll(() => app.stop());

  async function newTopic(): Promise<string> {
    const topic = `mHv1.0/refused/${newId()}`;
    const { id } = (await api.post('/uns/topics', { topic })).body.data;
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', schema: { type: 'number' } });
    return topic;
  }

  const quarantined = async (topic: string): Promise<unknown[]> =>
    (await api.get(`/uns/quarantine?${new URLSearchParams({ topic, sort: 'receivedAt' })}`)).body.data.map(
      ({ value }: { value: unknown }) => value,
    );

  async function listen(topic: string): Promise<string[]> {
    const heard: string[] = [];
    const client = await clients.connect(login);
    client.on('message', (_, payload) => heard.push(payload.toString()));
    await client.subscribeAsync(topic, { qos: 1 });
    return heard;
  }

  it('is answered 0x99 with the reason in MQTT 5, and reaches no subscriber', async () => {
    const topic = await newTopic();
    const heard = await listen(topic);
    const client = await clients.connect(login);
    const reasons: unknown[] = [];
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback' || packet.cmd === 'pubrec') reasons.push(packet.properties?.reasonString);
    });
    expect(await published(client, topic, 'a')).toBe(0x99);
    expect(await published(client, topic, 'b', 2)).toBe(0x99);
    expect(reasons).toEqual(Array(2).fill('Value is refused by the schema: must be number'));
    expect(await published(client, topic, '1')).toBe(0);
    await eventually(() => heard.length > 0);
    expect(heard).toEqual(['1']);
    expect(await quarantined(topic)).toEqual(['a', 'b']);
    expect(await storedValues(api, topic)).toEqual([1]);
  });

  it.each([1, 2] as const)('is acknowledged in MQTT 3.1.1 with QoS %i, and reaches no subscriber', async (qos) => {
    const topic = await newTopic();
    const heard = await listen(topic);
    const client = await clients.connect(login, { protocolVersion: 4 });
    for (const value of ['a', '1', 'b', '2']) await client.publishAsync(topic, value, { qos });
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(['1', '2']);
    expect(client.connected).toBe(true);
    expect(await quarantined(topic)).toEqual(['a', 'b']);
    expect(await storedValues(api, topic)).toEqual([2, 1]);
  });

  it('is kept with QoS 0 as well', async () => {
    const topic = await newTopic();
    const client = await clients.connect(login, { protocolVersion: 4 });
    await client.publishAsync(topic, 'a');
    await eventually(async () => (await quarantined(topic)).length === 1);
  });
});
