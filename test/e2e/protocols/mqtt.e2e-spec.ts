import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithServers, startServer, startTcpProxy, type RunningServer, type TcpProxy } from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { mosquittoPub, mosquittoSub, type Target } from '../mqtt/mosquitto-tools';
import { ProtocolHub } from './protocol-hub';

const USER = { username: 'hub', password: 'correct horse' };

describeWithServers(['mosquitto', 'mosquitto_pub', 'mosquitto_sub'], 'the MQTT protocol', () => {
  let hub: ProtocolHub;
  let broker: RunningServer;
  let proxy: TcpProxy;
  let directory: string;
  let settings: string[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mqtt-protocol-'));
    const passwords = join(directory, 'passwords');
    const rights = join(directory, 'rights');
    execFileSync('mosquitto_passwd', ['-c', '-b', passwords, USER.username, USER.password]);
    writeFileSync(rights, `user ${USER.username}\ntopic readwrite #\ntopic deny secret/#\n`);
    execFileSync('chmod', ['-R', 'a+rX', directory]);
    settings = ['allow_anonymous false', `password_file ${passwords}`, `acl_file ${rights}`];
    [hub, broker] = await Promise.all([ProtocolHub.start(), startServer('mosquitto', { settings })]);
    proxy = await startTcpProxy(broker.port);
  });

  afterAll(async () => {
    await hub.stop();
    await Promise.all([proxy.stop(), broker.stop()]);
    rmSync(directory, { recursive: true });
  });

  const configOf = (more: object = {}): object => ({ brokerUrl: broker.url, ...USER, ...more });
  const throughProxy = (more: object = {}): object =>
    configOf({ brokerUrl: `mqtt://127.0.0.1:${proxy.port}`, ...more });
  const target = (version: 4 | 5 = 5): Target => ({
    url: broker.url,
    version,
    id: USER.username,
    token: USER.password,
  });
  const send = async (topic: string, payload: string, ...more: string[]): Promise<void> => {
    const { code, output } = await mosquittoPub(target(), ['-t', topic, '-m', payload, '-q', '1', ...more]);
    expect([code, output]).toEqual([0, '']);
  };

  describe.each(['3.1', '3.1.1', '5.0'])('version %s', (version) => {
    it('publishes with every quality of service, and retained', async () => {
      const id = await hub.connect('mqtt', configOf({ version }));
      const topic = `publish/${version}`;
      const { messages } = await mosquittoSub(target(), `${topic}/#`, 4);
      const config = { topic: `${topic}/((line))`, payload: { speed: '((speed))' } };
      for (const qos of [0, 1, 2]) {
        const { data } = await hub.call(id, 'mqtt.publish', { ...config, qos }, { line: 'a b', speed: 1.5 });
        expect(data).toEqual({ topic: `${topic}/a b`, qos, bytes: 13 });
      }
      await hub.call(id, 'mqtt.publish', { topic: `${topic}/r`, payload: 'on', retain: true, qos: 1 });
      const heard = (await messages).map(({ payload, ...more }) => ({ ...more, payload: payload.toString() }));
      // The order holds within one topic and quality of service alone (MQTT 5.0, 4.6).
      expect(heard).toHaveLength(4);
      expect(heard).toEqual(
        expect.arrayContaining([
          ...[0, 1, 2].map((qos) => ({ topic: `${topic}/a b`, qos, retain: false, payload: '{"speed":1.5}' })),
          { topic: `${topic}/r`, qos: 1, retain: false, payload: 'on' },
        ]),
      );
      const kept = await mosquittoSub(target(), `${topic}/r`, 1);
      expect(await kept.messages).toMatchObject([{ retain: true }]);
    });

    it('hears the messages of several filters, whatever they are made of', async () => {
      const id = await hub.connect('mqtt', configOf({ version }));
      const topics = [`hear/${version}/+/t`, `hear/${version}/more/#`];
      const listener = await hub.listen(id, 'mqtt.subscribe', { topics, qos: 2 });
      await send(`hear/${version}/line/t`, '{"value": 21.5}');
      await send(`hear/${version}/other`, 'nobody asks for it');
      await send(`hear/${version}/more/a/b`, 'läuft', '-q', '2');
      await send(`hear/${version}/more`, '7', '-q', '0');
      const heard = await listener.hears(3);
      expect(heard).toHaveLength(3);
      expect(heard).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ payload: { value: 21.5 }, topic: `hear/${version}/line/t`, qos: 1, retain: false }),
          expect.objectContaining({ payload: 'läuft', topic: `hear/${version}/more/a/b`, qos: 2 }),
          expect.objectContaining({ payload: 7, topic: `hear/${version}/more`, qos: 0 }),
        ]),
      );
    });

    it('loses nothing that the broker has taken while the connection is away', async () => {
      const id = await hub.connect('mqtt', throughProxy({ version, cleanSession: false }));
      const topic = `away/${version}`;
      const listener = await hub.listen(id, 'mqtt.subscribe', { topics: [`${topic}/+`, topic], qos: 2 });
      await send(topic, 'before');
      await listener.hears(1);
      await proxy.become('refuse');
      await hub.until(id, 'reconnecting');
      for (const qos of ['1', '2']) await send(topic, `while away ${qos}`, '-q', qos);
      await proxy.become('pass');
      await hub.until(id, 'connected');
      await send(topic, 'after');
      await listener.hearsAll(['before', 'while away 1', 'while away 2', 'after']);
    });
  });

  it('sends and hears the properties of version 5', async () => {
    const id = await hub.connect('mqtt', configOf({ version: '5.0' }));
    const listener = await hub.listen(id, 'mqtt.subscribe', { topics: ['properties'] });
    const properties = {
      contentType: 'application/json',
      responseTopic: 'answers/1',
      correlationData: 'c-1',
      userProperties: { site: 'north' },
    };
    await hub.call(id, 'mqtt.publish', {
      topic: 'properties',
      payload: [1],
      qos: 1,
      properties: { ...properties, messageExpirySeconds: 60 },
    });
    expect(await listener.hears(1)).toMatchObject([{ payload: [1], ...properties }]);
  });

  it('refuses what cannot be sent', async () => {
    const id = await hub.connect('mqtt', configOf());
    const properties = await hub.call(id, 'mqtt.publish', { topic: 'a', payload: 1, properties: { contentType: 'x' } });
    expect(properties.error?.message).toBe('Properties can be sent over connections of version 5.0 alone');
    const bytes = await hub.call(id, 'mqtt.publish', { topic: 'a', payload: '?', payloadFormat: 'base64' });
    expect(bytes).toMatchObject({ success: false, error: { retryable: false } });
    const made = await hub.api.post(`/connections/${id}/functions`, {
      name: 'wild',
      type: 'mqtt.publish',
      config: { topic: 'a/#', payload: 1 },
    });
    expect(made).toMatchObject({ status: 400 });
    const functionId = await hub.addFunction(id, 'mqtt.publish', { topic: 'a/((x))', payload: 1 }, [
      { name: 'x', type: 'string' },
    ]);
    const climbing = await hub.api.post(`/connections/${id}/functions/${functionId}/execute`, {
      parameters: { x: 'b/c' },
    });
    expect(climbing.body.message).toContain('Parameter x must not contain / in a name');
  });

  it('tells what the broker refuses', async () => {
    const wrong = await hub.add('mqtt', configOf({ password: 'wrong horse' }));
    const { success, message } = await hub.test(wrong);
    expect([success, message]).toEqual([
      false,
      expect.stringContaining('not authorized: the user, its password or its rights'),
    ]);
    expect(message).not.toContain('horse');
    await hub.until(wrong, 'error');
    const id = await hub.connect('mqtt', configOf({ version: '5.0' }));
    const denied = await hub.call(id, 'mqtt.publish', { topic: 'secret/a', payload: 1, qos: 1 });
    expect(denied).toMatchObject({
      success: false,
      error: { retryable: false, message: expect.stringContaining('not authorized') },
    });
  });

  it('connects by TLS to brokers that it trusts', async () => {
    const { key, cert } = selfSigned('broker');
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    writeFileSync(keyFile, key, { mode: 0o644 });
    writeFileSync(certFile, cert);
    const secured = await startServer('mosquitto', { settings: [`certfile ${certFile}`, `keyfile ${keyFile}`] });
    try {
      const brokerUrl = `mqtts://127.0.0.1:${secured.port}`;
      const trusting = await hub.connect('mqtt', { brokerUrl, tls: { ca: cert } });
      const sent = await hub.call(trusting, 'mqtt.publish', { topic: 'a', payload: 1, qos: 1 });
      expect(sent).toMatchObject({ success: true });
      const doubting = await hub.test(await hub.add('mqtt', { brokerUrl }));
      expect(doubting).toMatchObject({ success: false, message: expect.stringContaining('TLS failed') });
    } finally {
      await secured.stop();
    }
  });

  it('comes back by itself when the broker was killed', async () => {
    const fleeting = await startServer('mosquitto');
    const id = await hub.connect('mqtt', { brokerUrl: fleeting.url });
    const listener = await hub.listen(id, 'mqtt.subscribe', { topics: ['#'] });
    await fleeting.stop('SIGKILL');
    await hub.until(id, 'reconnecting');
    const again = await startServer('mosquitto', { port: fleeting.port });
    try {
      await hub.until(id, 'connected');
      await listener.untilListening();
      await hub.call(id, 'mqtt.publish', { topic: 'back', payload: 'again', qos: 1 });
      await listener.hearsAll(['again']);
    } finally {
      await again.stop();
    }
  });

  it('ends calls in their time when the broker answers no more', async () => {
    const id = await hub.connect('mqtt', throughProxy({ timeoutMs: 300, connectTimeoutSeconds: 1 }));
    await proxy.become('stall');
    const late = await hub.call(id, 'mqtt.publish', { topic: 'a', payload: 1, qos: 1 });
    expect(late).toMatchObject({
      success: false,
      error: { retryable: true, message: expect.stringMatching(/no answer within 300 ms|closed/) },
    });
    const test = await hub.test(id);
    expect(test).toMatchObject({ success: false, message: expect.stringContaining('no answer within 1000 ms') });
    await proxy.become('pass');
    proxy.cut();
    await hub.until(id, 'connected');
  });

  it('survives answers that are no MQTT', async () => {
    const id = await hub.connect('mqtt', throughProxy());
    await proxy.become('garbage');
    proxy.cut();
    const { success, message } = await hub.test(id);
    expect([success, message]).toEqual([false, expect.stringMatching(/not MQTT|closed/)]);
    await proxy.become('pass');
    proxy.cut();
    await hub.untilWorks(id, 'mqtt.publish', { topic: 'a', payload: 1, qos: 1 });
  });
});
