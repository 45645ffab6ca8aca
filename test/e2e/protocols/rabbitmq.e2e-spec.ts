import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import {
  describeWithServers,
  eventuallyPasses,
  freePort,
  startRabbitServer,
  startTcpProxy,
  type RabbitServer,
  type TcpProxy,
} from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { ProtocolHub } from './protocol-hub';

const USER = { username: 'hub', password: 'correct horse' };
/** Milliseconds: where two cores have more to do, a broker takes a minute to start. */
const START = 180_000;

describeWithServers(['rabbitmq-server'], 'the RabbitMQ protocol', () => {
  let hub: ProtocolHub;
  let broker: RabbitServer;
  let proxy: TcpProxy;
  /** The neighbour that the hub talks to by the broker. */
  let neighbour: ChannelModel;
  let channel: ConfirmChannel;
  let directory: string;
  let secured: { port: number; ca: string };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rabbitmq-protocol-'));
    const { key, cert } = selfSigned('rabbitmq');
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    secured = { port: await freePort(), ca: cert };
    const settings = [
      `default_user = ${USER.username}`,
      `default_pass = ${USER.password}`,
      `listeners.ssl.1 = 127.0.0.1:${secured.port}`,
      `ssl_options.certfile = ${certFile}`,
      `ssl_options.keyfile = ${keyFile}`,
    ];
    [hub, broker] = await Promise.all([ProtocolHub.start(), startRabbitServer(settings)]);
    proxy = await startTcpProxy(broker.port);
    await meet();
    await channel.assertExchange('plant', 'topic', { durable: true });
    await channel.assertQueue('orders', { durable: true });
  }, START);

  afterAll(async () => {
    await hub.stop();
    await neighbour.close().catch(() => undefined);
    await Promise.all([proxy.stop(), broker.stop()]);
    rmSync(directory, { recursive: true });
  });

  const meet = async (): Promise<void> => {
    neighbour = await connect({ hostname: '127.0.0.1', port: broker.port, ...USER });
    neighbour.on('error', () => undefined);
    channel = await neighbour.createConfirmChannel();
  };
  const config = (more: object = {}): object => ({ host: '127.0.0.1', port: broker.port, ...USER, ...more });
  const throughProxy = (more: object = {}): object => config({ port: proxy.port, ...more });
  const send = async (routingKey: string, payload: unknown, options: object = {}): Promise<void> => {
    const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));
    channel.publish('plant', routingKey, bytes, { persistent: true, ...options });
    await channel.waitForConfirms();
  };
  const received = async (queue: string) => {
    const message = await channel.get(queue, { noAck: true });
    if (!message) throw new Error(`${queue} is empty`);
    return message;
  };

  it('publishes to a queue and to an exchange, with what a message can have', async () => {
    const id = await hub.connect('rabbitmq', config());
    const options = {
      contentType: 'text/plain',
      correlationId: 'c-1',
      replyTo: 'answers',
      messageId: 'm-1',
      type: 'order',
      priority: 3,
      expirationMs: 60_000,
      headers: { site: 'north', line: 4 },
    };
    const direct = await hub.call(id, 'rabbitmq.publish', { routingKey: 'orders', payload: 'läuft', ...options });
    expect(direct.data).toEqual({ exchange: '', routingKey: 'orders', bytes: 6, messageId: 'm-1' });
    const { content, properties } = await received('orders');
    const { expirationMs, ...same } = options;
    expect(content.toString()).toBe('läuft');
    expect(properties).toMatchObject({ ...same, expiration: String(expirationMs), deliveryMode: 2 });

    await channel.bindQueue('orders', 'plant', 'made.*');
    const values = { key: 'made.a', n: 7 };
    await hub.call(
      id,
      'rabbitmq.publish',
      { exchange: 'plant', routingKey: '((key))', payload: { n: '((n))' } },
      values,
    );
    const topical = await received('orders');
    expect(topical.fields).toMatchObject({ exchange: 'plant', routingKey: 'made.a' });
    expect([topical.content.toString(), topical.properties.contentType]).toEqual(['{"n":7}', 'application/json']);
  });

  it('tells when a message goes nowhere, and goes on', async () => {
    const id = await hub.connect('rabbitmq', config());
    const unheard = await hub.call(id, 'rabbitmq.publish', { exchange: 'plant', routingKey: 'nobody', payload: 1 });
    expect(unheard).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining('no queue gets the message') },
    });
    const optional = { exchange: 'plant', routingKey: 'nobody', payload: 1, mandatory: false };
    expect(await hub.call(id, 'rabbitmq.publish', optional)).toMatchObject({ success: true });
    const missing = await hub.call(id, 'rabbitmq.publish', { exchange: 'missing', routingKey: 'a', payload: 1 });
    expect(missing).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining("no exchange 'missing'") },
    });
    expect(await hub.call(id, 'rabbitmq.publish', { routingKey: 'orders', payload: 1 })).toMatchObject({
      success: true,
    });
    await received('orders');
  });

  it('consumes a queue that is there', async () => {
    await channel.assertQueue('measured', { durable: true });
    await channel.bindQueue('measured', 'plant', 'measured.#');
    await send('measured.t', { value: 21.5 }, { messageId: 'm-7', headers: { site: 'north' }, type: 'reading' });
    const id = await hub.connect('rabbitmq', config());
    const listener = await hub.listen(id, 'rabbitmq.consume', { queue: 'measured', payloadFormat: 'json' });
    await send('measured.t', Buffer.from('no JSON'));
    await send('measured.u', [1, 2]);
    expect(await listener.hears(2)).toMatchObject([
      {
        payload: { value: 21.5 },
        messageId: 'm-7',
        exchange: 'plant',
        routingKey: 'measured.t',
        headers: { site: 'north' },
        type: 'reading',
      },
      { payload: [1, 2], routingKey: 'measured.u' },
    ]);
    expect((await channel.checkQueue('measured')).messageCount).toBe(0);
  });

  it('consumes what an exchange brings, by a queue of its own', async () => {
    const id = await hub.connect('rabbitmq', config());
    const listener = await hub.listen(id, 'rabbitmq.consume', {
      exchange: 'site',
      exchangeType: 'topic',
      routingKeys: ['line1.*', 'line2.#'],
    });
    for (const key of ['line1.t', 'line1.t.raw', 'line2.t.raw']) {
      channel.publish('site', key, Buffer.from(key));
    }
    await listener.hearsAll(['line1.t', 'line2.t.raw']);
    expect(await listener.heard()).toHaveLength(2);
    const queue = await channel.checkQueue(`maestrohub-${listener.functionId}`);
    expect(queue).toMatchObject({ messageCount: 0, consumerCount: 1 });
  });

  it('tells that a queue is not there', async () => {
    const id = await hub.connect('rabbitmq', config());
    await hub.listenSoon(id, 'rabbitmq.consume', { queue: 'missing' });
    await eventuallyPasses(async () => {
      const reason = expect.stringContaining("no queue 'missing'") as string;
      expect(await hub.status(id)).toMatchObject({ status: 'connected', subscriptions: [{ active: false, reason }] });
    });
  });

  it('tells wrong credentials and virtual hosts without them', async () => {
    const wrong = await hub.add('rabbitmq', config({ password: 'wrong horse' }));
    const { success, message } = await hub.test(wrong);
    expect([success, message]).toEqual([false, expect.stringContaining('Login was refused')]);
    expect(message).not.toContain('horse');
    await hub.until(wrong, 'error');
    const elsewhere = await hub.test(await hub.add('rabbitmq', config({ vhost: 'a/b' })));
    expect(elsewhere).toMatchObject({
      success: false,
      message: expect.stringContaining('the virtual host is not there'),
    });
  });

  it('connects by TLS to brokers that it trusts', async () => {
    const { port, ca } = secured;
    const id = await hub.connect('rabbitmq', config({ port, tls: { enabled: true, ca } }));
    const sent = await hub.call(id, 'rabbitmq.publish', { routingKey: 'orders', payload: 1 });
    expect(sent).toMatchObject({ success: true });
    const doubting = await hub.test(await hub.add('rabbitmq', config({ port, tls: { enabled: true } })));
    expect(doubting).toMatchObject({ success: false, message: expect.stringContaining('TLS failed') });
  });

  it('loses nothing when the way to the broker breaks', async () => {
    const id = await hub.connect('rabbitmq', throughProxy());
    const listener = await hub.listen(id, 'rabbitmq.consume', { exchange: 'plant', routingKeys: ['broken'] });
    const sent = Array.from({ length: 30 }, (_, index) => index);
    for (const index of sent.slice(0, 10)) await send('broken', index, { messageId: `broken-${index}` });
    await proxy.become('refuse');
    await hub.until(id, 'reconnecting');
    for (const index of sent.slice(10, 20)) await send('broken', index, { messageId: `broken-${index}` });
    await proxy.become('pass');
    await hub.until(id, 'connected');
    for (const index of sent.slice(20)) await send('broken', index, { messageId: `broken-${index}` });
    await listener.hearsAll(sent);
  });

  it(
    'loses nothing when the broker is killed',
    async () => {
      const id = await hub.connect('rabbitmq', config());
      const listener = await hub.listen(id, 'rabbitmq.consume', { exchange: 'plant', routingKeys: ['killed'] });
      await send('killed', 'before');
      await listener.hears(1);
      await broker.kill();
      await hub.until(id, 'reconnecting');
      await broker.startAgain();
      await meet();
      await send('killed', 'after');
      await hub.until(id, 'connected');
      await listener.hearsAll(['before', 'after']);
    },
    START,
  );

  it('ends calls in their time when the broker answers no more', async () => {
    const id = await hub.connect('rabbitmq', throughProxy({ timeoutMs: 300, connectTimeoutSeconds: 1 }));
    const message = { routingKey: 'orders', payload: 1 };
    await hub.untilWorks(id, 'rabbitmq.publish', message);
    await proxy.become('stall');
    const late = await hub.call(id, 'rabbitmq.publish', message);
    expect(late).toMatchObject({
      success: false,
      error: { retryable: true, message: expect.stringContaining('no answer within 300 ms') },
    });
    const test = await hub.test(id);
    expect(test).toMatchObject({ success: false, message: expect.stringMatching(/no answer|does not answer/) });
    await proxy.become('pass');
    proxy.cut();
    await hub.until(id, 'connected');
  });

  it('survives answers that are no AMQP', async () => {
    const id = await hub.connect('rabbitmq', throughProxy());
    await proxy.become('garbage');
    proxy.cut();
    const { success, message } = await hub.test(id);
    expect([success, message]).toEqual([false, expect.stringContaining('the answer is not AMQP 0-9-1')]);
    await proxy.become('pass');
    proxy.cut();
    await hub.untilWorks(id, 'rabbitmq.publish', { routingKey: 'orders', payload: 1 });
  });
});
