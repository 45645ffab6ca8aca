import { closing, eventually, inbox, MqttTestBroker, mqttWire, nextBytes, ORG_A, ORG_B, published } from '#testing';

const TOPIC = 'mHv1.0/line-1/temperature';
const VERSIONS = [4, 5] as const;

let test: MqttTestBroker;

beforeEach(async () => {
  test = await MqttTestBroker.start();
});

afterEach(() => test.stop());

describe('organizations', () => {
  it('never see each other, whatever filter they use', async () => {
    const spy = await test.client(ORG_B, 'token-b');
    const seen = inbox(spy);
    const shared = [`$share/g/#`, `$share/g/${ORG_A}/#`, `$share/${ORG_A}/#`, `$share/g/+/#`];
    const filters = ['#', '+/#', `${ORG_A}/#`, `+/mHv1.0/#`, `../${ORG_A}/#`, '/#', 'mHv1.0/#', ...shared];
    for (const filter of filters) await spy.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    for (const filter of ['$SYS/#', '$share/g/$SYS/#', '$queue/#']) {
      await expect(spy.subscribeAsync(filter, { qos: 1 })).rejects.toThrow();
    }
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, 'secret', { qos: 1, retain: true });
    await test.broker.publish(ORG_A, TOPIC, Buffer.from('secret'));
    await spy.publishAsync('mHv1.0/own', 'own', { qos: 1 });
    await eventually(() => seen.length > 0);
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(['own']));
  });

  it('refuses shared subscriptions of MQTT 3.1.1 too, where they are plain text', async () => {
    const socket = await test.signedIn('old');
    socket.write(mqttWire.packet(0x82, Buffer.of(0, 1), mqttWire.text('$share/g/mHv1.0/#'), Buffer.of(1)));
    expect([...(await nextBytes(socket))]).toEqual([0x90, 3, 0, 1, 0x80]);
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
    await eventually(() => test.handler.received.length === 1);
    expect(test.handler.received[0]).toMatchObject({ organizationId: ORG_B, topic: TOPIC });
    await attacker.publishAsync(TOPIC, 'retained b', { qos: 1, retain: true });
    const late = await test.client(ORG_A, 'token-a');
    const lateSeen = inbox(late);
    await late.subscribeAsync('#', { qos: 1 });
    await late.publishAsync('mHv1.0/end', 'end', { qos: 1 });
    await eventually(() => seen.length > 0 && lateSeen.length > 0);
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
    await eventually(() => messages.length === 1);
    expect(messages[0]).toMatchObject({ topic: 'mHv1.0/status', text: 'gone' });
    expect(test.handler.received).toMatchObject([{ topic: 'mHv1.0/status', clientId: 'plc', retain: true }]);
  });
});

describe('credentials', () => {
  it.each(VERSIONS)('close their connections soon after their end (version byte %i)', async (protocolVersion) => {
    const client = await test.client(ORG_A, 'token-a', { protocolVersion });
    const code = closing(client);
    test.gate.tokens.delete('token-a');
    await eventually(() => !client.connected);
    expect(await code).toBe(protocolVersion === 5 ? 0x87 : undefined);
  });

  it('act with the rights of now', async () => {
    const client = await test.client(ORG_A, 'token-a');
    expect(await published(client, TOPIC, '1')).toBe(0);
    test.gate.allow(ORG_A, 'token-a', { publish: () => false });
    const before = test.gate.lookUps;
    await eventually(() => test.gate.lookUps > before + 1);
    expect(await published(client, TOPIC, '2')).toBe(0x87);
  });

  it('lose subscriptions with the right to them', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.subscribeAsync('mHv1.0/#');
    const code = closing(client);
    test.gate.allow(ORG_A, 'token-a', { subscribe: () => false });
    expect(await code).toBe(0x87);
  });

  it('keep connections while they cannot be looked up', async () => {
    const client = await test.client(ORG_A, 'token-a');
    test.gate.down = true;
    const before = test.gate.lookUps;
    await eventually(() => test.gate.lookUps > before + 1);
    expect(await published(client, TOPIC, '1')).toBe(0);
  });

  it('that have ended leave no will behind', async () => {
    const will = { topic: TOPIC, payload: Buffer.from('gone'), qos: 1 as const };
    const client = await test.client(ORG_A, 'token-a', { will });
    const code = closing(client);
    test.gate.tokens.delete('token-a');
    await code;
    await test.client(ORG_B, 'token-b');
    expect(test.handler.received).toEqual([]);
  });

  it('of 1,000 connections cost one look-up', async () => {
    const sockets = await Promise.all(Array.from({ length: 1_000 }, (_, i) => test.signedIn(`client-${i}`)));
    expect(test.broker.status().clients).toBe(1_000);
    const before = test.gate.lookUps;
    await eventually(() => test.gate.lookUps > before + 1);
    expect(test.gate.lookUps).toBeLessThan(before + 10);
    sockets.forEach((socket, i) => socket.write(mqttWire.publish(`mHv1.0/${i}`, '1', 1)));
    await eventually(() => test.handler.received.length === 1_000);
    test.gate.tokens.delete('token-a');
    await eventually(() => test.broker.status().clients === 0);
  });
});
