import { type IPublishPacket } from 'mqtt';
import { DomainError } from '#kernel';
import { closing, eventually, inbox, MqttTestBroker, mqttWire, nextBytes, nextEvent, ORG_A, published } from '#testing';

const TOPIC = 'mHv1.0/line-1/temperature';
const VERSIONS = [4, 5] as const;

let test: MqttTestBroker;

beforeEach(async () => {
  test = await MqttTestBroker.start();
});

afterEach(() => test.stop());

describe('publishing', () => {
  it.each(VERSIONS)('hands the bytes to the handler with their context (version byte %i)', async (protocolVersion) => {
    const client = await test.client(ORG_A, 'token-a', { protocolVersion, clientId: 'plc-1' });
    const payload = Buffer.from('{"data":5,"id":"x","pattern":"y"}');
    await client.publishAsync(TOPIC, payload, { qos: 1 });
    expect(test.handler.received).toEqual([
      { organizationId: ORG_A, topic: TOPIC, qos: 1, retain: false, clientId: 'plc-1', payload },
    ]);
  });

  it.each([1, 2] as const)('acknowledges QoS %i only when the handler has resolved', async (qos) => {
    const client = await test.client(ORG_A, 'token-a');
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const packets: string[] = [];
    client.on('packetreceive', ({ cmd }) => packets.push(cmd));
    const done = client.publishAsync(TOPIC, '1', { qos });
    await eventually(() => test.handler.received.length === 1);
    await test.client(ORG_A, 'token-a');
    expect(packets).toEqual([]);
    commit.resolve();
    await done;
    expect(packets[0]).toBe(qos === 1 ? 'puback' : 'pubrec');
  });

  it('has many messages of one client in flight and keeps their order', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1 });
    const client = await test.client(ORG_A, 'token-a');
    const commits: (() => void)[] = [];
    test.handler.answer = () => new Promise<void>((resolve) => commits.push(resolve));
    const all = Promise.all(Array.from({ length: 200 }, (_, i) => client.publishAsync(TOPIC, String(i), { qos: 1 })));
    await eventually(() => commits.length === 200);
    commits.reverse().forEach((commit) => commit());
    await all;
    await eventually(() => messages.length === 200);
    expect(messages.map(({ text }) => Number(text))).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('answers pings while a handler runs, and stops reading at a limit', async () => {
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const socket = await test.signedIn('fast');
    socket.write(mqttWire.publish(TOPIC, '1', 1));
    await eventually(() => test.handler.received.length === 1);
    socket.write(mqttWire.packet(0xc0));
    expect([...(await nextBytes(socket))]).toEqual([0xd0, 0]);
    const many = Buffer.concat(
      Array.from({ length: 20_000 }, (_, i) => mqttWire.publish(TOPIC, '2'.repeat(200), 1, i + 1)),
    );
    socket.write(many);
    await eventually(() => test.handler.received.length > 2_000);
    const other = await test.client(ORG_A, 'token-a');
    await other.subscribeAsync('mHv1.0/#');
    expect(test.handler.received.length).toBeLessThan(4_000);
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    commit.resolve();
    await eventually(() => bytes === 4 * 20_001);
    expect(test.handler.received).toHaveLength(20_001);
  });

  it('loses nothing for a subscriber when QoS levels and retained messages mix', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 2 });
    const client = await test.client(ORG_A, 'token-a');
    const sent = Array.from({ length: 300 }, (_, i) =>
      client.publishAsync(TOPIC, String(i), { qos: (i % 3) as 0 | 1 | 2, retain: i % 2 === 0 }),
    );
    const outlet = Array.from({ length: 300 }, (_, i) => test.broker.publish(ORG_A, TOPIC, Buffer.from(`out ${i}`)));
    await Promise.all([...sent, ...outlet]);
    await eventually(() => messages.length === 600);
    expect(new Set(messages.map(({ text }) => text)).size).toBe(600);
  });

  it('forwards what was stored although its client was killed before the answer', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1 });
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const socket = await test.signedIn('killed');
    socket.write(mqttWire.publish(TOPIC, 'last words', 1));
    await eventually(() => test.handler.received.length === 1);
    socket.resetAndDestroy();
    await eventually(() => test.broker.status().clients === 1);
    commit.resolve();
    await eventually(() => messages.length === 1);
    expect(messages[0]).toMatchObject({ topic: TOPIC, text: 'last words' });
  });

  it.each([
    ['bad_request', 0x99],
    ['forbidden', 0x87],
    ['insufficient_scope', 0x87],
    ['unavailable', 0x83],
    ['too_many_requests', 0x97],
  ] as const)('answers a handler that refuses with %s by PUBACK %i and keeps the connection', async (kind, code) => {
    const client = await test.client(ORG_A, 'token-a');
    test.handler.answer = () => Promise.reject(new DomainError(kind, 'because'));
    expect(await published(client, TOPIC, '1')).toBe(code);
    expect(await published(client, TOPIC, '1', 2)).toBe(code);
    expect(client.connected).toBe(true);
  });

  it('tells the reason in words', async () => {
    const client = await test.client(ORG_A, 'token-a');
    test.handler.answer = () => Promise.reject(new DomainError('bad_request', 'Value is required'));
    const ack = nextEvent<IPublishPacket>(client, 'packetreceive');
    await client.publishAsync(TOPIC, '1', { qos: 1 }).catch(() => undefined);
    const packet = await ack;
    expect(packet.properties).toMatchObject({ reasonString: 'Value is required' });
  });

  it('closes the connection of an MQTT 3.1.1 client whose message is refused', async () => {
    const client = await test.client(ORG_A, 'token-a', { protocolVersion: 4 });
    test.handler.answer = () => Promise.reject(new DomainError('unavailable', 'later'));
    const closed = closing(client);
    client.publish(TOPIC, '1', { qos: 1 });
    await closed;
  });

  it('closes without an acknowledgement when the handler has a bug', async () => {
    const client = await test.client(ORG_A, 'token-a');
    test.handler.answer = () => Promise.reject(new TypeError('a bug'));
    const closed = closing(client);
    client.publish(TOPIC, '1', { qos: 1 });
    expect(await closed).toBe(0x80);
  });

  it('refuses topics outside the namespace and topics without the right to them', async () => {
    test.gate.allow(ORG_A, 'branch', { publish: (topic) => topic.startsWith('mHv1.0/line-1/') });
    const client = await test.client(ORG_A, 'branch');
    expect(await published(client, 'other/topic', '1')).toBe(0x90);
    expect(await published(client, '$SYS/x', '1')).toBe(0x90);
    expect(await published(client, 'mHv1.0//x', '1')).toBe(0x90);
    expect(await published(client, 'mHv1.0/line-2/x', '1')).toBe(0x87);
    expect(await published(client, 'mHv1.0/line-1/x', '1')).toBe(0);
    client.publish('mHv1.0/line-2/x', '1');
    expect(await published(client, 'mHv1.0/line-1/x', '2')).toBe(0);
    expect(test.handler.texts).toEqual(['1', '2']);
    const old = await test.client(ORG_A, 'branch', { protocolVersion: 4 });
    const closed = closing(old);
    old.publish('mHv1.0/line-2/x', '1');
    await closed;
    expect(test.handler.received).toHaveLength(2);
  });

  it('answers 2 MB with DISCONNECT 0x95, or closes for MQTT 3.1.1, without keeping it', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const code = closing(client);
    // The client would obey the limit that CONNACK tells; this one does not.
    client.stream.write(mqttWire.packet(0x32, mqttWire.text(TOPIC), Buffer.of(0, 1, 0), Buffer.alloc(2_000_000)));
    expect(await code).toBe(0x95);
    const payloadOver = await test.client(ORG_A, 'token-a');
    const second = closing(payloadOver);
    payloadOver.stream.write(mqttWire.packet(0x32, mqttWire.text(TOPIC), Buffer.of(0, 1, 0), Buffer.alloc(1_048_577)));
    expect(await second).toBe(0x95);
    const old = await test.signedIn('old');
    old.write(
      Buffer.concat([Buffer.of(0x32), mqttWire.length(2_000_000), mqttWire.text(TOPIC), Buffer.alloc(100_000)]),
    );
    expect(await nextBytes(old)).toHaveLength(0);
    expect(test.handler.received).toEqual([]);
  });

  it('takes a payload of 1 MiB', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const payload = Buffer.alloc(1_048_576, 7);
    await client.publishAsync(TOPIC, payload, { qos: 1 });
    expect(test.handler.received[0]!.payload.equals(payload)).toBe(true);
  });

  it.each([[Buffer.from([0x6d, 0xff, 0xfe])], [Buffer.from([0x61, 0xed, 0xa0, 0x80])], [Buffer.from('a\0b')]])(
    'closes on a topic that is not valid UTF-8: %j',
    async (bytes) => {
      const topic = Buffer.concat([Buffer.from('mHv1.0/'), bytes]);
      const old = await test.signedIn('old');
      old.write(mqttWire.publish(topic, '1', 1));
      expect(await nextBytes(old)).toHaveLength(0);
      const client = await test.client(ORG_A, 'token-a');
      const code = closing(client);
      client.stream.write(mqttWire.packet(0x32, mqttWire.text(topic), Buffer.of(0, 1, 0), Buffer.from('1')));
      expect(await code).toBe(0x81);
      expect(test.handler.received).toEqual([]);
    },
  );

  it('takes U+FFFD where the client really sent it', async () => {
    const client = await test.client(ORG_A, 'token-a');
    expect(await published(client, 'mHv1.0/\uFFFD', '1')).toBe(0);
  });

  it('recognises a QoS 2 message that is sent again', async () => {
    const socket = await test.signedIn('twice');
    socket.write(mqttWire.publish(TOPIC, 'once', 2, 7));
    expect([...(await nextBytes(socket))]).toEqual([0x50, 2, 0, 7]);
    socket.write(mqttWire.publish(TOPIC, 'once', 2, 7, true));
    expect([...(await nextBytes(socket))]).toEqual([0x50, 2, 0, 7]);
    socket.resetAndDestroy();
    const again = await test.signedIn('twice');
    again.write(mqttWire.publish(TOPIC, 'once', 2, 7, true));
    expect([...(await nextBytes(again))]).toEqual([0x50, 2, 0, 7]);
    again.write(mqttWire.packet(0x62, Buffer.of(0, 7)));
    expect([...(await nextBytes(again))]).toEqual([0x70, 2, 0, 7]);
    again.write(mqttWire.publish(TOPIC, 'another', 2, 7));
    expect([...(await nextBytes(again))]).toEqual([0x50, 2, 0, 7]);
    expect(test.handler.texts).toEqual(['once', 'another']);
  });

  it('recognises a QoS 2 message that is sent again while the first one is being stored', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 2 });
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const first = await test.signedIn('flaky');
    first.write(mqttWire.publish(TOPIC, 'once', 2, 9));
    await eventually(() => test.handler.received.length === 1);
    first.resetAndDestroy();
    const again = await test.signedIn('flaky');
    again.write(mqttWire.publish(TOPIC, 'once', 2, 9, true));
    const ack = nextBytes(again);
    await test.client(ORG_A, 'token-a');
    commit.resolve();
    expect([...(await ack)]).toEqual([0x50, 2, 0, 9]);
    await subscriber.publishAsync('mHv1.0/end', 'end', { qos: 2 });
    await eventually(() => messages.some(({ text }) => text === 'end'));
    expect(messages.map(({ text }) => text)).toEqual(['once', 'end']);
    expect(test.handler.texts).toEqual(['once', 'end']);
  });
});
