import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import { eventually, inbox, MqttTestBroker, mqttWire, nextBytes, nextEvent, ORG_A } from '#testing';

const TOPIC = 'mHv1.0/line-1/temperature';

let test: MqttTestBroker;

beforeEach(async () => {
  test = await MqttTestBroker.start();
});

afterEach(() => test.stop());

describe('subscribing', () => {
  it('forwards byte for byte under the name that the client knows', async () => {
    const subscriber = await test.client(ORG_A, 'token-a', { protocolVersion: 4 });
    const payloads: Buffer[] = [];
    subscriber.on('message', (_topic, payload) => payloads.push(payload));
    await subscriber.subscribeAsync('mHv1.0/+/temperature');
    const client = await test.client(ORG_A, 'token-a');
    const bytes = Buffer.from([0, 255, 254, 123, 10]);
    await client.publishAsync(TOPIC, bytes, { qos: 1 });
    await eventually(() => payloads.length === 1);
    expect(payloads[0]).toEqual(bytes);
  });

  it('refuses filters without the right to them, and malformed ones by closing', async () => {
    test.gate.allow(ORG_A, 'branch', { subscribe: (filter) => filter === 'mHv1.0/line-1/#' });
    const client = await test.client(ORG_A, 'branch');
    const granted = await client
      .subscribeAsync({ 'mHv1.0/#': { qos: 1 }, 'mHv1.0/line-1/#': { qos: 1 } })
      .catch((error: unknown) => error);
    expect(granted).toMatchObject({ message: expect.stringContaining('Not authorized') as string });
    const old = await test.signedIn('old');
    old.write(mqttWire.packet(0x82, Buffer.of(0, 1), mqttWire.text('mHv1.0/a#'), Buffer.of(0)));
    expect(await nextBytes(old)).toHaveLength(0);
  });

  it('grants the lower QoS, also for wildcards and retained messages', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, 'kept', { qos: 2, retain: true });
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 0 });
    await eventually(() => messages.length === 1);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1, rh: 2 });
    await client.publishAsync(TOPIC, 'live', { qos: 2 });
    await eventually(() => messages.length === 2);
    expect(messages).toEqual([
      { topic: TOPIC, text: 'kept', retain: true, qos: 0 },
      { topic: TOPIC, text: 'live', retain: false, qos: 1 },
    ]);
  });

  it('forwards the properties of MQTT 5 and honours the options of a subscription', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const packets: IPublishPacket[] = [];
    client.on('message', (_topic, _payload, packet) => packets.push(packet));
    await client.subscribeAsync('mHv1.0/echo', { qos: 1, nl: true });
    await client.subscribeAsync('mHv1.0/+/kept', { qos: 1, rap: true, properties: { subscriptionIdentifier: 7 } });
    const properties = { contentType: 'text/plain', responseTopic: 'mHv1.0/reply', userProperties: { a: 'b' } };
    await client.publishAsync('mHv1.0/echo', 'own', { qos: 1 });
    await client.publishAsync('mHv1.0/x/kept', '1', { qos: 1, retain: true, properties });
    await eventually(() => packets.length === 1);
    expect(packets[0]).toMatchObject({ retain: true, properties: { ...properties, subscriptionIdentifier: 7 } });
    await client.subscribeAsync('mHv1.0/+/kept', {
      qos: 1,
      rap: true,
      rh: 2,
      properties: { subscriptionIdentifier: 8 },
    });
    await client.publishAsync('mHv1.0/y/kept', '2', { qos: 1 });
    await eventually(() => packets.length === 2);
    expect(packets[1]).toMatchObject({ topic: 'mHv1.0/y/kept', retain: false });
  });

  it('ends with UNSUBSCRIBE', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const messages = inbox(client);
    await client.subscribeAsync(['mHv1.0/a', 'mHv1.0/b']);
    await client.unsubscribeAsync('mHv1.0/a');
    await client.publishAsync('mHv1.0/a', '1', { qos: 1 });
    await client.publishAsync('mHv1.0/b', '2', { qos: 1 });
    await eventually(() => messages.length === 1);
    expect(messages[0]!.text).toBe('2');
  });

  it('keeps messages for a session, by count, and does not store filters that were refused', async () => {
    test.gate.allow(ORG_A, 'branch', { subscribe: (filter) => filter === 'mHv1.0/line-1/#' });
    const session = { clientId: 'session', protocolVersion: 4 as const, clean: false };
    const first = await test.client(ORG_A, 'branch', session);
    await first.subscribeAsync({ 'mHv1.0/line-2/#': { qos: 1 }, 'mHv1.0/line-1/#': { qos: 1 } }).catch(() => undefined);
    await first.endAsync();
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync('mHv1.0/line-2/x', 'not for you', { qos: 1 });
    await client.publishAsync('mHv1.0/line-1/x', 'queued', { qos: 2 });
    const again = await connectWithInbox(session);
    await eventually(() => again.messages.length === 1);
    expect(again.messages).toEqual([{ topic: 'mHv1.0/line-1/x', text: 'queued', retain: false, qos: 1 }]);
  });

  /** The queued messages come right after CONNACK, so the inbox has to be there before. */
  async function connectWithInbox(options: { clientId: string; clean: boolean; protocolVersion: 4 | 5 }) {
    const client = connect(test.options(ORG_A, 'branch', options));
    const messages = inbox(client);
    await nextEvent(client, 'connect');
    afterThis.push(client);
    return { client, messages };
  }
  const afterThis: MqttClient[] = [];
  afterEach(() => afterThis.splice(0).forEach((client) => client.end(true)));

  it('does not let a subscriber that does not read hold up the others', async () => {
    const slow = await test.signedIn('slow');
    slow.write(mqttWire.packet(0x82, Buffer.of(0, 1), mqttWire.text('mHv1.0/#'), Buffer.of(0)));
    await nextBytes(slow);
    slow.pause();
    const fast = await test.client(ORG_A, 'token-a');
    const messages = inbox(fast);
    await fast.subscribeAsync('mHv1.0/#', { qos: 1 });
    const client = await test.client(ORG_A, 'token-a');
    for (let i = 0; i < 40; i++) await client.publishAsync(TOPIC, Buffer.alloc(500_000, 65), { qos: 1 });
    await eventually(() => messages.length === 40);
  });
});
