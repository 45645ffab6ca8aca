import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import {
  describeWithServers,
  eventuallyPasses,
  startServer,
  startTcpProxy,
  type RunningServer,
  type TcpProxy,
} from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { ProtocolHub } from './protocol-hub';

const AUTH = { type: 'user', username: 'hub', password: 'correct horse' };

describeWithServers(['nats'], 'the NATS protocol', () => {
  let hub: ProtocolHub;
  let server: RunningServer;
  let proxy: TcpProxy;
  let directory: string;
  let settings: string[];
  /** The neighbour that the hub talks to by the server. */
  let neighbour: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nats-protocol-'));
    const user = `{user: "${AUTH.username}", password: "${AUTH.password}", permissions: {publish: {deny: "secret.>"}, subscribe: {deny: "secret.>"}}}`;
    settings = [
      'max_payload: 65536',
      `authorization { users = [${user}] }`,
      `jetstream { store_dir: "${join(directory, 'streams')}" }`,
    ];
    [hub, server] = await Promise.all([ProtocolHub.start(), startServer('nats', { settings })]);
    proxy = await startTcpProxy(server.port);
    neighbour = await connect({
      servers: `127.0.0.1:${server.port}`,
      user: AUTH.username,
      pass: AUTH.password,
      reconnectTimeWait: 100,
      maxReconnectAttempts: -1,
    });
    manager = await jetstreamManager(neighbour, { timeout: 30_000 });
    await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  });

  afterAll(async () => {
    await hub.stop();
    await neighbour.close();
    await Promise.all([proxy.stop(), server.stop()]);
    rmSync(directory, { recursive: true });
  });

  const config = (more: object = {}): object => ({ servers: server.url, auth: AUTH, ...more });
  const throughProxy = (more: object = {}): object => config({ servers: `127.0.0.1:${proxy.port}`, ...more });
  const store = (subject: string, payload: unknown): Promise<unknown> =>
    jetstream(neighbour).publish(subject, JSON.stringify(payload), { retries: 100, timeout: 30_000 });

  it('publishes with headers, and asks', async () => {
    const id = await hub.connect('nats', config());
    const heard = neighbour.subscribe('plant.>', { max: 1 });
    neighbour.subscribe('find.*', {
      max: 1,
      callback: (_, message) => {
        const answer = headers();
        answer.append('site', 'north');
        answer.append('site', 'south');
        message.respond(JSON.stringify({ found: message.json<object>() }), { headers: answer });
      },
    });
    await neighbour.flush();
    const message = { subject: 'plant.((line)).t', payload: { t: '((t))' }, headers: { unit: '°C' }, reply: 'thanks' };
    const sent = await hub.call(id, 'nats.publish', message, { line: '1', t: 21.5 });
    expect(sent.data).toEqual({ subject: 'plant.1.t', bytes: 10 });
    for await (const { subject, headers: told, reply, data } of heard) {
      expect([subject, told!.get('unit'), reply, Buffer.from(data).toString()]).toEqual([
        'plant.1.t',
        '°C',
        'thanks',
        '{"t":21.5}',
      ]);
    }
    const asked = await hub.call(id, 'nats.request', { subject: 'find.order', payload: { id: 7 } });
    expect(asked.data).toMatchObject({ payload: { found: { id: 7 } }, headers: { site: ['north', 'south'] } });
  });

  it('tells what nobody answers and what is not allowed', async () => {
    const id = await hub.connect('nats', config());
    const unheard = await hub.call(id, 'nats.request', { subject: 'nobody.there', payload: 1 });
    expect(unheard).toMatchObject({
      success: false,
      error: { retryable: true, message: expect.stringContaining('nobody takes messages of this subject') },
    });
    const denied = await hub.call(id, 'nats.publish', { subject: 'secret.a', payload: 1 });
    expect(denied).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining('not allowed: publish of secret.a') },
    });
    const large = await hub.call(id, 'nats.publish', { subject: 'a', payload: 'x'.repeat(65_537) });
    expect(large).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining('65536 bytes at most') },
    });
    await hub.listenSoon(id, 'nats.subscribe', { subjects: ['secret.a'] });
    await eventuallyPasses(async () => {
      const reason = expect.stringContaining('not allowed: subscription of secret.a') as string;
      expect(await hub.status(id)).toMatchObject({ status: 'connected', subscriptions: [{ active: false, reason }] });
    });
  });

  it('keeps a message in a stream, and once by its id', async () => {
    const id = await hub.connect('nats', config());
    const order = { subject: 'orders.new', payload: { id: 1 }, messageId: 'order-1' };
    const first = await hub.call(id, 'nats.jetstreamPublish', order);
    const second = await hub.call(id, 'nats.jetstreamPublish', order);
    expect(first.data).toMatchObject({ stream: 'ORDERS', duplicate: false });
    expect(second.data).toEqual({ ...first.data, duplicate: true });
    const nowhere = await hub.call(id, 'nats.jetstreamPublish', { subject: 'elsewhere', payload: 1 });
    expect(nowhere).toMatchObject({
      success: false,
      error: { retryable: true, message: expect.stringContaining('no stream takes messages of this subject') },
    });
  });

  it('hears subjects, whatever the messages are made of', async () => {
    const id = await hub.connect('nats', config());
    const listener = await hub.listen(id, 'nats.subscribe', { subjects: ['hear.*.t', 'hear.more.>'], queue: 'hubs' });
    for (const subject of ['hear.1.t', 'hear.other', 'hear.more.a.b'])
      neighbour.publish(subject, JSON.stringify(subject));
    neighbour.publish('hear.2.t', Buffer.from([0xff, 0xfe]));
    expect(await listener.hears(3)).toMatchObject([
      { payload: 'hear.1.t', subject: 'hear.1.t' },
      { payload: 'hear.more.a.b' },
      { payload: '//4=' },
    ]);
  });

  it('consumes a stream from where it is told', async () => {
    const id = await hub.connect('nats', config());
    await store('orders.early', 'early');
    const all = { stream: 'ORDERS', filterSubject: 'orders.early', deliver: 'all', payloadFormat: 'json' };
    const listener = await hub.listen(id, 'nats.jetstreamConsume', all);
    neighbour.publish('orders.early', 'no JSON');
    await store('orders.early', { late: true });
    const heard = await listener.hears(2);
    expect(heard).toMatchObject([
      { payload: 'early', subject: 'orders.early', stream: 'ORDERS', redelivered: false },
      { payload: { late: true } },
    ]);
    await eventuallyPasses(async () => {
      const { num_ack_pending, num_pending } = await manager.consumers.info(
        'ORDERS',
        `maestrohub-${listener.functionId}`,
      );
      expect([num_ack_pending, num_pending]).toEqual([0, 0]);
    });
    await hub.listenSoon(id, 'nats.jetstreamConsume', { stream: 'MISSING' });
    await eventuallyPasses(async () => {
      const failed = { active: false, reason: expect.stringContaining('stream not found') as string };
      expect((await hub.status(id)).subscriptions).toContainEqual(expect.objectContaining(failed));
    });
  });

  it('tells wrong credentials, and knows tokens', async () => {
    const wrong = await hub.add('nats', config({ auth: { ...AUTH, password: 'wrong horse' } }));
    const { success, message } = await hub.test(wrong);
    expect([success, message]).toEqual([false, expect.stringContaining('wrong user name, password or token')]);
    expect(message).not.toContain('horse');
    await hub.until(wrong, 'error');
    const other = await startServer('nats', { settings: ['authorization { token: "sesame" }'] });
    try {
      const servers = `127.0.0.1:1, ${other.url}`;
      await hub.connect('nats', { servers, auth: { type: 'token', token: 'sesame' } });
    } finally {
      await other.stop();
    }
  });

  it('connects by TLS to servers that it trusts', async () => {
    const { key, cert } = selfSigned('nats');
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    const secured = await startServer('nats', {
      settings: [`tls { cert_file: "${certFile}", key_file: "${keyFile}" }`],
    });
    try {
      const id = await hub.connect('nats', { servers: secured.url, tls: { enabled: true, ca: cert } });
      expect(await hub.call(id, 'nats.publish', { subject: 'a' })).toMatchObject({ success: true });
      const doubting = await hub.test(await hub.add('nats', { servers: secured.url, tls: { enabled: true } }));
      expect(doubting).toMatchObject({ success: false, message: expect.stringContaining('TLS failed') });
      const plain = await hub.test(await hub.add('nats', config({ tls: { enabled: true } })));
      expect(plain).toMatchObject({ success: false, message: expect.stringContaining('offers no TLS') });
    } finally {
      await secured.stop();
    }
  });

  it('loses nothing of a stream when the way breaks, and when the server is killed', async () => {
    const id = await hub.connect('nats', throughProxy());
    const listener = await hub.listen(id, 'nats.jetstreamConsume', { stream: 'ORDERS', filterSubject: 'orders.kept' });
    const plain = await hub.listen(id, 'nats.subscribe', { subjects: ['plain'] });
    const sent = Array.from({ length: 30 }, (_, index) => index);
    for (const index of sent.slice(0, 10)) await store('orders.kept', index);
    await proxy.become('refuse');
    await hub.until(id, 'reconnecting');
    for (const index of sent.slice(10, 20)) await store('orders.kept', index);
    await proxy.become('pass');
    await hub.until(id, 'connected');
    await server.stop('SIGKILL');
    await hub.until(id, 'reconnecting');
    server = await startServer('nats', { settings, port: server.port });
    for (const index of sent.slice(20)) await store('orders.kept', index);
    await listener.hearsAll(sent);
    await plain.untilListening();
    neighbour.publish('plain', '"again"');
    await plain.hearsAll(['again']);
  });

  it('ends calls in their time when the server answers no more', async () => {
    const id = await hub.connect('nats', throughProxy({ timeoutMs: 300, connectTimeoutSeconds: 1 }));
    await hub.untilWorks(id, 'nats.publish', { subject: 'a' });
    await proxy.become('stall');
    expect(await hub.call(id, 'nats.publish', { subject: 'a' })).toMatchObject({
      success: false,
      error: { retryable: true, message: expect.stringContaining('no answer within 300 ms') },
    });
    const test = await hub.test(id);
    expect(test).toMatchObject({ success: false, message: expect.stringMatching(/no answer|does not answer/) });
    await proxy.become('pass');
    proxy.cut();
    await hub.until(id, 'connected');
  });

  it('survives answers that are not of NATS', async () => {
    const id = await hub.connect('nats', throughProxy({ connectTimeoutSeconds: 1 }));
    await proxy.become('garbage');
    proxy.cut();
    const { success, message } = await hub.test(id);
    expect([success, message]).toEqual([false, expect.stringMatching(/not of NATS|no answer|closed|does not answer/)]);
    await proxy.become('pass');
    proxy.cut();
    await hub.untilWorks(id, 'nats.publish', { subject: 'a' });
  });
});
