import { once } from 'node:events';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { newId } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import { createTestApp, eventually, inbox, mqttWire, published, type TestApp } from '#testing';
import { MqttClients, VERSION_NAMES } from './mqtt-clients';
import { stillServes } from './still-serves';
import { newTenant, storedValues, type Tenant } from './tenants';

let app: TestApp;
let tenant: Tenant;
let other: Tenant;
let clients: MqttClients;
let url: string;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  [tenant, other] = [await newTenant(app), await newTenant(app)];
  url = `ws://127.0.0.1:${app.config.http.port}/mqtt`;
  clients = new MqttClients(url);
});

afterEach(async () => {
  await stillServes(app, clients, other);
  await clients.end();
});
afterAll(() => app.stop());

/** A socket that is open, or the status it was refused with. */
async function open(path = '/mqtt', protocols: string | string[] = 'mqtt'): Promise<WebSocket | number> {
  const socket = new WebSocket(url.replace('/mqtt', path), protocols);
  const refusal = new Promise<number>((resolve) => socket.once('error', () => resolve(0)));
  const status = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
  return Promise.race([once(socket, 'open').then(() => socket), status, refusal]);
}

describe('MQTT over WebSocket', () => {
  it.each(VERSION_NAMES)('publishes and hears with MQTT %s as over TCP', async (_, protocolVersion) => {
    const topic = `mHv1.0/ws/${newId()}`;
    const client = await clients.connect(tenant, { protocolVersion });
    const messages = inbox(client);
    await client.subscribeAsync(`${topic}/#`, { qos: 2 });
    for (const qos of [0, 1, 2] as const) await client.publishAsync(`${topic}/${qos}`, `"${qos}"`, { qos });
    await eventually(() => messages.length === 3);
    expect(messages.map(({ text }) => text).sort()).toEqual(['"0"', '"1"', '"2"']);
    expect(await storedValues(tenant.api, `${topic}/1`)).toEqual(['1']);
  });

  it('takes a payload of 1 MiB and hands it out, and none of 2 MB', async () => {
    const topic = `mHv1.0/ws/${newId()}`;
    const client = await clients.connect(tenant);
    const messages = inbox(client);
    await client.subscribeAsync(topic, { qos: 1 });
    const text = 'x'.repeat(1_048_576);
    expect(await published(client, topic, text)).toBe(0);
    await eventually(() => messages.length === 1);
    expect(messages[0]!.text === text).toBe(true);
    const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)));
    client.publish(topic, 'x'.repeat(2_000_000), { qos: 1 });
    await closed;
  });

  it('wants the same credentials', async () => {
    expect(await clients.connack({ id: tenant.id, token: other.token })).toBe(0x87);
    expect(await clients.connack({ id: tenant.id, token: 'wrong' }, { protocolVersion: 4 })).toBe(5);
  });

  it('loses its connection with its credential', async () => {
    const brief = await newTenant(app);
    const session = app.api(await app.signIn(brief.editor), brief.id);
    const { id, token } = (await session.post('/oauth2/tokens', { name: 'Panel', scopes: ['uns:read'] })).body.data;
    const client = await clients.connect({ id: brief.id, token });
    const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)));
    await session.delete(`/oauth2/tokens/${id}`);
    await closed;
  });
});

describe('an upgrade', () => {
  it.each([
    ['/mqtt', 'none', 400],
    ['/mqtt', ['amqp', 'mqttv3.1'], 400],
    ['/mqtt/', 'mqtt', 404],
    ['/MQTT', 'mqtt', 404],
    ['/', 'mqtt', 200],
    ['/api/v1/mqtt', 'mqtt', 404],
  ])('of %s with subprotocol %j gets no socket', async (path, protocols, status) => {
    const answer = await open(path, protocols);
    if (status === 200) expect(answer).not.toBeInstanceOf(WebSocket);
    else expect(answer).toBe(status);
  });

  it('of mqtt among others is answered with mqtt', async () => {
    const socket = (await open('/mqtt?any=thing', ['x', 'mqtt'])) as WebSocket;
    expect(socket.protocol).toBe('mqtt');
    socket.terminate();
  });

  it('to something else leaves the request as it is', async () => {
    const status = await new Promise((resolve) => {
      request(`${app.url}/health/live`, { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } })
        .once('response', (response) => resolve(response.resume().statusCode))
        .end();
    });
    expect(status).toBe(200);
  });

  it('is no way around the sign-in, nor for text', async () => {
    for (const data of ['CONNECT', mqttWire.publish('mHv1.0/a', '1', 1), Buffer.alloc(100, 0xff)]) {
      const socket = (await open()) as WebSocket;
      const closed = once(socket, 'close');
      socket.send(data);
      await closed;
    }
  });

  it('takes no frame beyond its bound', async () => {
    const socket = (await open()) as WebSocket;
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.send(Buffer.alloc(3_000_000, 0x10));
    const [code] = (await closed) as [number];
    expect([1006, 1009]).toContain(code);
  });
});

it('ends with the process, in good order', async () => {
  const own = await createTestApp({ roles: ['api', 'uns'] });
  const theirs = await newTenant(own);
  const local = new MqttClients(`ws://127.0.0.1:${own.config.http.port}/mqtt`);
  const client = await local.connect(theirs);
  const silent = new WebSocket(`ws://127.0.0.1:${own.config.http.port}/mqtt`, 'mqtt');
  silent.on('error', () => undefined);
  await once(silent, 'open');
  const codes: unknown[] = [];
  client.on('disconnect', ({ reasonCode }) => codes.push(reasonCode));
  const closed = Promise.all([new Promise((resolve) => client.once('close', () => resolve(0))), once(silent, 'close')]);
  const lifecycle = own.nest.get(Lifecycle);
  await own.stop();
  // Not left behind at the deadline of a phase.
  expect(lifecycle.unfinished).toEqual([]);
  await closed;
  expect(codes).toEqual([0x8b]);
});
