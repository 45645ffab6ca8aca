import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connectAsync, type IConnackPacket, type IDisconnectPacket, type IPublishPacket, type MqttClient } from 'mqtt';
import { DomainError } from '#kernel';
import { answer, FakeGate, inbox, ORG_A, ORG_B, TestBroker, until, wire } from './test-broker';
import { EmbeddedBroker } from './embedded-broker';

const TOPIC = 'mHv1.0/line-1/temperature';
const VERSIONS = [4, 5] as const;

let test: TestBroker;

beforeEach(async () => {
  test = await TestBroker.start();
});

afterEach(() => test.stop());

/** Resolves with the reason code of the broker's DISCONNECT, or undefined when it just closes. */
function closing(client: MqttClient): Promise<number | undefined> {
  let code: number | undefined;
  client.on('disconnect', (packet: IDisconnectPacket) => (code = packet.reasonCode));
  return new Promise((resolve) => client.once('close', () => resolve(code)));
}

/** Resolves with the reason code of the PUBACK or PUBREC. */
async function published(client: MqttClient, topic: string, payload: string, qos: 1 | 2 = 1): Promise<number> {
  const ack = once(client, 'packetreceive').then(([packet]: { reasonCode?: number }[]) => packet!.reasonCode ?? 0);
  client.publishAsync(topic, payload, { qos }).catch(() => undefined);
  return ack;
}

async function signedIn(clientId: string, version: 4 | 5 = 4): Promise<Socket> {
  const socket = await test.socket();
  socket.write(wire.connect(version, clientId, ORG_A, 'token-a'));
  await answer(socket);
  return socket;
}

describe('signing in', () => {
  it.each(VERSIONS)('takes organization and token (MQTT version byte %i)', async (protocolVersion) => {
    const client = await test.client(ORG_A, 'token-a', { protocolVersion });
    expect(client.connected).toBe(true);
    expect(test.broker.status()).toMatchObject({ mode: 'embedded', state: 'connected', clients: 1 });
  });

  it('takes an organization id in upper case', async () => {
    const client = await test.client(ORG_A.toUpperCase(), 'token-a');
    expect(await published(client, TOPIC, '1')).toBe(0);
    expect(test.handler.received[0]).toMatchObject({ organizationId: ORG_A });
  });

  it.each([
    [4, ORG_A, 'wrong', 5],
    [4, ORG_A, 'token-b', 5],
    [4, 'admin', 'token-a', 5],
    [4, `${ORG_A}/`, 'token-a', 5],
    [5, ORG_A, 'wrong', 0x87],
    [5, ORG_B, 'token-a', 0x87],
    [5, '#', 'token-a', 0x87],
    [5, '', '', 0x87],
  ] as const)('refuses with version byte %i: %s, %s → %i', async (protocolVersion, user, token, code) => {
    const refusal = connectAsync(test.options(user, token, { protocolVersion }));
    await expect(refusal).rejects.toMatchObject({ code });
  });

  it('says that it is unavailable when credentials cannot be looked up', async () => {
    test.gate.down = true;
    await expect(test.client(ORG_A, 'token-a')).rejects.toMatchObject({ code: 0x88 });
  });

  it('refuses a gate that answers with another organization', async () => {
    jest.spyOn(FakeGate.prototype, 'signIn').mockResolvedValueOnce({
      organizationId: ORG_B,
      mayPublish: () => true,
      maySubscribe: () => true,
      refresh: () => Promise.resolve(undefined),
    });
    await expect(test.client(ORG_A, 'token-a')).rejects.toMatchObject({ code: 0x87 });
  });

  it('gives an id to a client without one, and tells it with MQTT 5', async () => {
    const client = await test.client(ORG_A, 'token-a', { clientId: '', clean: true, manualConnect: true });
    expect(client.options.clientId).toMatch(/^auto-/);
  });

  it('rejects packets before CONNECT and a second CONNECT', async () => {
    const early = await test.socket();
    early.write(wire.publish(TOPIC, '1'));
    expect(await answer(early)).toHaveLength(0);
    const twice = await signedIn('twice');
    twice.write(wire.connect(4, 'twice', ORG_B, 'token-b'));
    expect(await answer(twice)).toHaveLength(0);
    expect(test.handler.received).toEqual([]);
  });

  it('does not read a huge CONNECT of somebody unknown', async () => {
    const socket = await test.socket();
    socket.write(Buffer.concat([Buffer.of(0x10), wire.length(900_000), Buffer.alloc(10_000)]));
    expect(await answer(socket)).toHaveLength(0);
  });
});

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
    await until(() => test.handler.received.length === 1);
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
    await until(() => commits.length === 200);
    commits.reverse().forEach((commit) => commit());
    await all;
    await until(() => messages.length === 200);
    expect(messages.map(({ text }) => Number(text))).toEqual(Array.from({ length: 200 }, (_, i) => i));
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
    await until(() => messages.length === 600);
    expect(new Set(messages.map(({ text }) => text)).size).toBe(600);
  });

  it('forwards what was stored although its client was killed before the answer', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1 });
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const socket = await signedIn('killed');
    socket.write(wire.publish(TOPIC, 'last words', 1));
    await until(() => test.handler.received.length === 1);
    socket.resetAndDestroy();
    await until(() => test.broker.status().clients === 1);
    commit.resolve();
    await until(() => messages.length === 1);
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
    const ack = once(client, 'packetreceive') as Promise<[IPublishPacket]>;
    await client.publishAsync(TOPIC, '1', { qos: 1 }).catch(() => undefined);
    const [packet] = await ack;
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
    client.stream.write(wire.packet(0x32, wire.text(TOPIC), Buffer.of(0, 1, 0), Buffer.alloc(2_000_000)));
    expect(await code).toBe(0x95);
    const payloadOver = await test.client(ORG_A, 'token-a');
    const second = closing(payloadOver);
    payloadOver.stream.write(wire.packet(0x32, wire.text(TOPIC), Buffer.of(0, 1, 0), Buffer.alloc(1_048_577)));
    expect(await second).toBe(0x95);
    const old = await signedIn('old');
    old.write(Buffer.concat([Buffer.of(0x32), wire.length(2_000_000), wire.text(TOPIC), Buffer.alloc(100_000)]));
    expect(await answer(old)).toHaveLength(0);
    expect(test.handler.received).toEqual([]);
  });

  it('takes a payload of 1 MiB', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, Buffer.alloc(1_048_576, 7), { qos: 1 });
    expect(test.handler.received[0]!.payload).toEqual(Buffer.alloc(1_048_576, 7));
  });

  it.each([[Buffer.from([0x6d, 0xff, 0xfe])], [Buffer.from([0x61, 0xed, 0xa0, 0x80])], [Buffer.from('a\0b')]])(
    'closes on a topic that is not valid UTF-8: %j',
    async (bytes) => {
      const topic = Buffer.concat([Buffer.from('mHv1.0/'), bytes]);
      const old = await signedIn('old');
      old.write(wire.publish(topic, '1', 1));
      expect(await answer(old)).toHaveLength(0);
      const client = await test.client(ORG_A, 'token-a');
      const code = closing(client);
      client.stream.write(wire.packet(0x32, wire.text(topic), Buffer.of(0, 1, 0), Buffer.from('1')));
      expect(await code).toBe(0x81);
      expect(test.handler.received).toEqual([]);
    },
  );

  it('takes U+FFFD where the client really sent it', async () => {
    const client = await test.client(ORG_A, 'token-a');
    expect(await published(client, 'mHv1.0/\uFFFD', '1')).toBe(0);
  });

  it('recognises a QoS 2 message that is sent again', async () => {
    const socket = await signedIn('twice');
    socket.write(wire.publish(TOPIC, 'once', 2, 7));
    expect([...(await answer(socket))]).toEqual([0x50, 2, 0, 7]);
    socket.write(wire.publish(TOPIC, 'once', 2, 7, true));
    expect([...(await answer(socket))]).toEqual([0x50, 2, 0, 7]);
    socket.resetAndDestroy();
    const again = await signedIn('twice');
    again.write(wire.publish(TOPIC, 'once', 2, 7, true));
    expect([...(await answer(again))]).toEqual([0x50, 2, 0, 7]);
    again.write(wire.packet(0x62, Buffer.of(0, 7)));
    expect([...(await answer(again))]).toEqual([0x70, 2, 0, 7]);
    again.write(wire.publish(TOPIC, 'another', 2, 7));
    expect([...(await answer(again))]).toEqual([0x50, 2, 0, 7]);
    expect(test.handler.texts).toEqual(['once', 'another']);
  });

  it('recognises a QoS 2 message that is sent again while the first one is being stored', async () => {
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 2 });
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const first = await signedIn('flaky');
    first.write(wire.publish(TOPIC, 'once', 2, 9));
    await until(() => test.handler.received.length === 1);
    first.resetAndDestroy();
    const again = await signedIn('flaky');
    again.write(wire.publish(TOPIC, 'once', 2, 9, true));
    const ack = answer(again);
    await test.client(ORG_A, 'token-a');
    commit.resolve();
    expect([...(await ack)]).toEqual([0x50, 2, 0, 9]);
    await subscriber.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await until(() => messages.some(({ text }) => text === 'end'));
    expect(messages.map(({ text }) => text)).toEqual(['once', 'end']);
    expect(test.handler.texts).toEqual(['once', 'end']);
  });
});

describe('subscribing', () => {
  it('forwards byte for byte under the name that the client knows', async () => {
    const subscriber = await test.client(ORG_A, 'token-a', { protocolVersion: 4 });
    const payloads: Buffer[] = [];
    subscriber.on('message', (_topic, payload) => payloads.push(payload));
    await subscriber.subscribeAsync('mHv1.0/+/temperature');
    const client = await test.client(ORG_A, 'token-a');
    const bytes = Buffer.from([0, 255, 254, 123, 10]);
    await client.publishAsync(TOPIC, bytes, { qos: 1 });
    await until(() => payloads.length === 1);
    expect(payloads[0]).toEqual(bytes);
  });

  it('refuses filters without the right to them, and malformed ones by closing', async () => {
    test.gate.allow(ORG_A, 'branch', { subscribe: (filter) => filter === 'mHv1.0/line-1/#' });
    const client = await test.client(ORG_A, 'branch');
    const granted = await client
      .subscribeAsync({ 'mHv1.0/#': { qos: 1 }, 'mHv1.0/line-1/#': { qos: 1 } })
      .catch((error: { message: string }) => error);
    expect(granted).toMatchObject({ message: expect.stringContaining('Not authorized') as string });
    const old = await signedIn('old');
    old.write(wire.packet(0x82, Buffer.of(0, 1), wire.text('mHv1.0/a#'), Buffer.of(0)));
    expect(await answer(old)).toHaveLength(0);
  });

  it('grants the lower QoS, also for wildcards and retained messages', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, 'kept', { qos: 2, retain: true });
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 0 });
    await until(() => messages.length === 1);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1, rh: 2 });
    await client.publishAsync(TOPIC, 'live', { qos: 2 });
    await until(() => messages.length === 2);
    expect(messages).toEqual([
      { topic: TOPIC, text: 'kept', retain: true, qos: 0 },
      { topic: TOPIC, text: 'live', retain: false, qos: 1 },
    ]);
  });

  it('ends with UNSUBSCRIBE', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const messages = inbox(client);
    await client.subscribeAsync(['mHv1.0/a', 'mHv1.0/b']);
    await client.unsubscribeAsync('mHv1.0/a');
    await client.publishAsync('mHv1.0/a', '1', { qos: 1 });
    await client.publishAsync('mHv1.0/b', '2', { qos: 1 });
    await until(() => messages.length === 1);
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
    await until(() => again.messages.length === 1);
    expect(again.messages).toEqual([{ topic: 'mHv1.0/line-1/x', text: 'queued', retain: false, qos: 1 }]);
  });

  /** The queued messages come right after CONNACK, so the inbox has to be there before. */
  async function connectWithInbox(options: { clientId: string; clean: boolean; protocolVersion: 4 | 5 }) {
    const { connect } = await import('mqtt');
    const client = connect(test.options(ORG_A, 'branch', options));
    const messages = inbox(client);
    await once(client, 'connect');
    client.once('close', () => undefined);
    afterThis.push(client);
    return { client, messages };
  }
  const afterThis: MqttClient[] = [];
  afterEach(() => afterThis.splice(0).forEach((client) => client.end(true)));

  it('does not let a subscriber that does not read hold up the others', async () => {
    const slow = await signedIn('slow');
    slow.write(wire.packet(0x82, Buffer.of(0, 1), wire.text('mHv1.0/#'), Buffer.of(0)));
    await answer(slow);
    slow.pause();
    const fast = await test.client(ORG_A, 'token-a');
    const messages = inbox(fast);
    await fast.subscribeAsync('mHv1.0/#', { qos: 1 });
    const client = await test.client(ORG_A, 'token-a');
    for (let i = 0; i < 40; i++) await client.publishAsync(TOPIC, Buffer.alloc(500_000, 65), { qos: 1 });
    await until(() => messages.length === 40);
  });
});

describe('organizations', () => {
  it('never see each other, whatever filter they use', async () => {
    const spy = await test.client(ORG_B, 'token-b');
    const seen = inbox(spy);
    const filters = ['#', '+/#', `${ORG_A}/#`, `+/mHv1.0/#`, `../${ORG_A}/#`, '/#', 'mHv1.0/#'];
    for (const filter of filters) await spy.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    for (const filter of ['$SYS/#', `$share/g/#`, `$share/g/${ORG_A}/#`, `$share/${ORG_A}/#`]) {
      await expect(spy.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
    }
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, 'secret', { qos: 1, retain: true });
    await test.broker.publish(ORG_A, TOPIC, Buffer.from('secret'));
    await spy.publishAsync('mHv1.0/own', 'own', { qos: 1 });
    await until(() => seen.length > 0);
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(['own']));
  });

  it('refuses shared subscriptions of MQTT 3.1.1 too, where they are plain text', async () => {
    const socket = await signedIn('old');
    socket.write(wire.packet(0x82, Buffer.of(0, 1), wire.text('$share/g/mHv1.0/#'), Buffer.of(1)));
    expect([...(await answer(socket))]).toEqual([0x90, 3, 0, 1, 0x80]);
  });

  it('cannot publish into each other, not even by a will or a retained message', async () => {
    const owner = await test.client(ORG_A, 'token-a');
    const seen = inbox(owner);
    await owner.subscribeAsync('#', { qos: 1 });
    const attacker = await test.client(ORG_B, 'token-b');
    expect(await published(attacker, `${ORG_A}/${TOPIC}`, 'forged')).toBe(0x90);
    await expect(
      test.client(ORG_B, 'token-b', { will: { topic: `${ORG_A}/${TOPIC}`, payload: Buffer.from('forged'), qos: 1 } }),
    ).rejects.toMatchObject({ code: 0x87 });
    const dying = await test.client(ORG_B, 'token-b', {
      will: { topic: TOPIC, payload: Buffer.from('will b'), qos: 1 },
    });
    dying.stream.destroy();
    await until(() => test.handler.received.length === 1);
    expect(test.handler.received[0]).toMatchObject({ organizationId: ORG_B, topic: TOPIC });
    await attacker.publishAsync(TOPIC, 'retained b', { qos: 1, retain: true });
    const late = await test.client(ORG_A, 'token-a');
    const lateSeen = inbox(late);
    await late.subscribeAsync('#', { qos: 1 });
    await late.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await until(() => seen.length > 0 && lateSeen.length > 0);
    expect([...seen, ...lateSeen].map(({ text }) => text)).toEqual(['end', 'end']);
  });

  it('may use the same client ids, without taking over or resuming each other', async () => {
    const a = await test.client(ORG_A, 'token-a', { clientId: 'same', clean: false, protocolVersion: 4 });
    await a.subscribeAsync('mHv1.0/#', { qos: 1 });
    const b = await test.client(ORG_B, 'token-b', { clientId: 'same', clean: false, protocolVersion: 4 });
    const seen = inbox(b);
    expect(await published(a, TOPIC, '1')).toBe(0);
    expect([a.connected, b.connected]).toEqual([true, true]);
    const again = test.client(ORG_A, 'token-a', { clientId: 'same', clean: false, protocolVersion: 4 });
    await Promise.all([closing(a), again]);
    expect(b.connected).toBe(true);
    expect(seen).toEqual([]);
  });

  it('send wills through rights and handler like any message', async () => {
    test.gate.allow(ORG_A, 'branch', { publish: (topic) => topic === 'mHv1.0/status' });
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('gone'), qos: 1 as const, retain: true } });
    await expect(test.client(ORG_A, 'branch', will(TOPIC))).rejects.toMatchObject({ code: 0x87 });
    const client = await test.client(ORG_A, 'branch', { ...will('mHv1.0/status'), clientId: 'plc' });
    const subscriber = await test.client(ORG_A, 'token-a');
    const messages = inbox(subscriber);
    await subscriber.subscribeAsync('mHv1.0/#', { qos: 1 });
    client.stream.destroy();
    await until(() => messages.length === 1);
    expect(messages[0]).toMatchObject({ topic: 'mHv1.0/status', text: 'gone' });
    expect(test.handler.received).toMatchObject([{ topic: 'mHv1.0/status', clientId: 'plc', retain: true }]);
  });
});

describe('credentials', () => {
  it.each(VERSIONS)(
    'close their connections within a second of their end (version byte %i)',
    async (protocolVersion) => {
      const client = await test.client(ORG_A, 'token-a', { protocolVersion });
      const code = closing(client);
      const ended = performance.now();
      test.gate.tokens.delete('token-a');
      expect(await code).toBe(protocolVersion === 5 ? 0x87 : undefined);
      expect(performance.now() - ended).toBeLessThan(1000);
    },
  );

  it('act with the rights of now', async () => {
    const client = await test.client(ORG_A, 'token-a');
    expect(await published(client, TOPIC, '1')).toBe(0);
    test.gate.allow(ORG_A, 'token-a', { publish: () => false });
    const before = test.gate.lookUps;
    await until(() => test.gate.lookUps > before + 1);
    expect(await published(client, TOPIC, '2')).toBe(0x87);
  });

  it('lose subscriptions with the right to them', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.subscribeAsync('mHv1.0/#');
    const code = closing(client);
    test.gate.allow(ORG_A, 'token-a', { subscribe: () => false });
    expect(await code).toBe(0x87);
  });

  it('keep connections while they cannot be looked up, and publish no will of an ended one', async () => {
    const will = { topic: TOPIC, payload: Buffer.from('gone'), qos: 1 as const };
    const client = await test.client(ORG_A, 'token-a', { will });
    const code = closing(client);
    test.gate.tokens.delete('token-a');
    await code;
    await test.client(ORG_B, 'token-b');
    expect(test.handler.received).toEqual([]);
  });

  it('of 1,000 connections cost one look-up', async () => {
    const sockets = await Promise.all(Array.from({ length: 1_000 }, (_, i) => signedIn(`client-${i}`)));
    expect(test.broker.status().clients).toBe(1_000);
    const before = test.gate.lookUps;
    await until(() => test.gate.lookUps > before + 1);
    expect(test.gate.lookUps).toBeLessThan(before + 10);
    sockets.forEach((socket, i) => socket.write(wire.publish(`mHv1.0/${i}`, '1', 1)));
    await until(() => test.handler.received.length === 1_000);
    test.gate.tokens.delete('token-a');
    await until(() => test.broker.status().clients === 0);
  });
});

describe('stopping', () => {
  it('lets running handlers end and be acknowledged, then says why it closes', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const idle = await test.socket();
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const done = client.publishAsync(TOPIC, '1', { qos: 1 });
    await until(() => test.handler.received.length === 1);
    const code = closing(client);
    const stopped = test.broker.stop();
    await expect(test.client(ORG_A, 'token-a')).rejects.toThrow();
    commit.resolve();
    await done;
    expect(await code).toBe(0x8b);
    await stopped;
    expect(idle.destroyed || (await answer(idle)).length === 0).toBe(true);
    expect(test.broker.status()).toMatchObject({ state: 'stopped' });
  });

  it('fails to start where the port is taken', async () => {
    const second = new EmbeddedBroker({ host: '127.0.0.1', port: test.broker.port }, test.gate);
    await expect(second.start(test.handler.handle)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.stop();
  });
});

it('tells MQTT 5 clients its limits', async () => {
  const { connect } = await import('mqtt');
  const client = connect(test.options(ORG_A, 'token-a'));
  const [connack] = (await once(client, 'connect')) as [IConnackPacket];
  expect(connack.properties).toMatchObject({ sharedSubscriptionAvailable: false, maximumPacketSize: 1_064_960 });
  await client.endAsync();
});
