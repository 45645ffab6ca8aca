import type { Socket } from 'node:net';
import { connect, connectAsync, type IConnackPacket, type IDisconnectPacket } from 'mqtt';
import {
  closing,
  eventually,
  FakeMqttGate,
  MqttTestBroker,
  mqttWire,
  nextBytes,
  nextEvent,
  ORG_A,
  ORG_B,
  published,
} from '#testing';
import { EmbeddedBroker } from './embedded-broker';

const TOPIC = 'mHv1.0/line-1/temperature';
const VERSIONS = [4, 5] as const;

let test: MqttTestBroker;

beforeEach(async () => {
  test = await MqttTestBroker.start();
});

afterEach(() => test.stop());

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
    jest.spyOn(FakeMqttGate.prototype, 'signIn').mockResolvedValueOnce({
      organizationId: ORG_B,
      mayPublish: () => true,
      maySubscribe: () => true,
      refresh: () => Promise.resolve(undefined),
    });
    await expect(test.client(ORG_A, 'token-a')).rejects.toMatchObject({ code: 0x87 });
  });

  it('gives an id to a client without one, and tells it with MQTT 5', async () => {
    const socket = await test.socket();
    socket.write(mqttWire.connect(5, '', ORG_A, 'token-a'));
    expect((await nextBytes(socket)).toString()).toMatch(/auto-[0-9a-f-]{36}/);
    await test.signedIn('');
    expect(test.broker.status().clients).toBe(2);
    const lasting = await test.socket();
    lasting.write(mqttWire.connect(4, '', ORG_A, 'token-a', false));
    expect([...(await nextBytes(lasting))]).toEqual([0x20, 2, 0, 2]);
  });

  it('rejects packets before CONNECT and a second CONNECT', async () => {
    const early = await test.socket();
    early.write(mqttWire.publish(TOPIC, '1'));
    expect(await nextBytes(early)).toHaveLength(0);
    const twice = await test.signedIn('twice');
    twice.write(mqttWire.connect(4, 'twice', ORG_B, 'token-b'));
    expect(await nextBytes(twice)).toHaveLength(0);
    expect(test.handler.received).toEqual([]);
  });

  it('closes a connection that is silent for one and a half times its keep-alive', async () => {
    const connect = mqttWire.connect(4, 'silent', ORG_A, 'token-a');
    // Keep-alive is the last byte before the client id.
    connect[connect.indexOf('silent') - 3] = 1;
    const socket = await test.socket();
    const since = performance.now();
    socket.write(connect);
    await nextBytes(socket);
    expect(await nextBytes(socket)).toHaveLength(0);
    expect(performance.now() - since).toBeGreaterThan(1_400);
  });

  it('does not read a huge CONNECT of somebody unknown', async () => {
    const socket = await test.socket();
    socket.write(Buffer.concat([Buffer.of(0x10), mqttWire.length(900_000), Buffer.alloc(10_000)]));
    expect(await nextBytes(socket)).toHaveLength(0);
  });
});

/** Sends as fast as it can for as long as it can, and collects what comes. */
function hearing(socket: Socket): { heard: Promise<Buffer> } {
  // Of MQTT 5, with no properties.
  const message = mqttWire.packet(0x30, mqttWire.text(TOPIC), Buffer.of(0), Buffer.alloc(10_000, 'x'));
  const chunks: Buffer[] = [];
  const heard = new Promise<Buffer>((resolve) => {
    socket.on('data', (bytes: Buffer) => chunks.push(bytes));
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
  const send = (): void => {
    if (!socket.writable) return;
    socket.write(message);
    setImmediate(send);
  };
  send();
  return { heard };
}

describe('stopping', () => {
  it('lets running handlers end and be acknowledged, then says why it closes', async () => {
    const client = await test.client(ORG_A, 'token-a');
    const idle = await test.socket();
    const commit = Promise.withResolvers<void>();
    test.handler.answer = () => commit.promise;
    const done = client.publishAsync(TOPIC, '1', { qos: 1 });
    await eventually(() => test.handler.received.length === 1);
    const code = closing(client);
    const stopped = test.broker.stop();
    await expect(test.client(ORG_A, 'token-a')).rejects.toThrow();
    commit.resolve();
    await done;
    expect(await code).toBe(0x8b);
    await stopped;
    expect(idle.destroyed || (await nextBytes(idle)).length === 0).toBe(true);
    expect(test.broker.status()).toMatchObject({ state: 'stopped' });
  });

  it('tells MQTT 5 clients where it has moved, and starts again', async () => {
    const client = await test.client(ORG_A, 'token-a');
    await client.publishAsync(TOPIC, '1', { qos: 1 });
    const left = nextEvent<IDisconnectPacket>(client, 'disconnect');
    await test.broker.stop('plant.example:1883');
    expect(await left).toMatchObject({ reasonCode: 0x9d, properties: { serverReference: 'plant.example:1883' } });
    await test.broker.start(test.handler.handle);
    expect(test.broker.clientsByTenant()).toEqual(new Map());
    await test.client(ORG_A, 'token-a', { port: test.broker.port });
    expect(test.broker.clientsByTenant()).toEqual(new Map([[ORG_A, 1]]));
  });

  it('tells it to clients that go on sending, too', async () => {
    const told = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const socket = await test.socket();
        socket.write(mqttWire.connect(5, `busy-${index}`, ORG_A, 'token-a'));
        await nextBytes(socket);
        return hearing(socket);
      }),
    );
    const stopped = test.broker.stop('plant.example:1883');
    for (const bytes of await Promise.all(told.map(({ heard }) => heard))) {
      expect(bytes.toString('latin1')).toContain('plant.example:1883');
    }
    await stopped;
  });

  it('fails to start where the port is taken', async () => {
    const second = new EmbeddedBroker({ host: '127.0.0.1', port: test.broker.port }, test.gate);
    await expect(second.start(test.handler.handle)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.stop();
  });
});

it('tells MQTT 5 clients its limits', async () => {
  const client = connect(test.options(ORG_A, 'token-a'));
  const connack = await nextEvent<IConnackPacket>(client, 'connect');
  expect(connack.properties).toMatchObject({ sharedSubscriptionAvailable: true, maximumPacketSize: 1_064_960 });
  await client.endAsync();
});
