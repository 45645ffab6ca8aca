import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describeWithServers, freePort, startServer, startTcpProxy, type RunningServer, type TcpProxy } from '#testing';
import { selfSigned } from '../connectors/outside-http';
import { ProtocolHub } from './protocol-hub';

const USER = { username: 'hub', password: 'correct-horse' };
const SETTINGS = ['user default off', `user ${USER.username} on >${USER.password} ~* &* +@all -flushall -getset`];

describeWithServers(['redis'], 'the Redis protocol', () => {
  let hub: ProtocolHub;
  let server: RunningServer;
  let proxy: TcpProxy;
  /** The neighbour that the hub talks to by the server. */
  let neighbour: Redis;

  beforeAll(async () => {
    [hub, server] = await Promise.all([ProtocolHub.start(), startServer('redis', { settings: SETTINGS })]);
    proxy = await startTcpProxy(server.port);
    neighbour = new Redis({ port: server.port, ...USER, retryStrategy: () => 50 });
    neighbour.on('error', () => undefined);
  });

  afterAll(async () => {
    await hub.stop();
    neighbour.disconnect();
    await Promise.all([proxy.stop(), server.stop()]);
  });

  const config = (more: object = {}): object => ({ host: '127.0.0.1', port: server.port, ...USER, ...more });
  const throughProxy = (more: object = {}): object => config({ port: proxy.port, ...more });
  const refused = (retryable: boolean, message: string) => ({
    success: false,
    error: { retryable, message: expect.stringContaining(message) as string },
  });

  it('sends commands, with their arguments one by one', async () => {
    const id = await hub.connect('redis', config());
    const command = { command: 'hset', args: ['line:((n))', 'speed', '((speed))', 'note', 'a b "c"'] };
    const made = await hub.call(id, 'redis.command', command, { n: 1, speed: 2.5 });
    expect(made.data).toEqual({ answer: 2 });
    const read = await hub.call(id, 'redis.command', { command: 'HGETALL', args: ['line:1'] });
    expect(read.data).toEqual({ answer: ['speed', '2.5', 'note', 'a b "c"'] });
    expect(await neighbour.hget('line:1', 'note')).toBe('a b "c"');
  });

  it('reads and writes keys', async () => {
    const id = await hub.connect('redis', config({ database: 3 }));
    const set = { key: 'order', value: { state: '((state))' }, ttlSeconds: 3_600, onlyIf: 'absent' };
    expect((await hub.call(id, 'redis.set', set, { state: 'new' })).data).toEqual({ key: 'order', set: true });
    expect((await hub.call(id, 'redis.set', set, { state: 'old' })).data).toEqual({ key: 'order', set: false });
    expect((await hub.call(id, 'redis.get', { key: 'order' })).data).toEqual({ key: 'order', value: { state: 'new' } });
    expect((await hub.call(id, 'redis.get', { key: 'none' })).data).toEqual({ key: 'none', value: null });
    const left = await hub.call(id, 'redis.command', { command: 'TTL', args: ['order'] });
    expect(left.data.answer).toBeGreaterThan(3_000);
    expect(await neighbour.exists('order')).toBe(0);
  });

  it('refuses commands that others could not live with, and tells what the server refuses', async () => {
    const id = await hub.connect('redis', config());
    const flush = { name: 'stop', type: 'redis.command', config: { command: 'shutdown', args: ['NOW'] } };
    const made = await hub.api.post(`/connections/${id}/functions`, flush);
    expect(made.status).toBe(400);
    expect(made.text).toContain('Command SHUTDOWN is not sent: it is for administrators');
    const functionId = await hub.addFunction(id, 'redis.command', { command: '((name))' }, [
      { name: 'name', type: 'string' },
    ]);
    const path = `/connections/${id}/functions/${functionId}/execute`;
    expect((await hub.api.post(path, { parameters: { name: 'MONITOR' } })).status).toBe(400);
    await neighbour.set('text', 'a');
    const wrong = await hub.call(id, 'redis.command', { command: 'INCR', args: ['text'] });
    expect(wrong).toMatchObject(refused(false, 'value is not an integer'));
    const denied = await hub.call(id, 'redis.command', { command: 'GETSET', args: ['text', 'b'] });
    expect(denied).toMatchObject(refused(false, 'NOPERM'));
  });

  it('publishes, and hears channels and patterns', async () => {
    const id = await hub.connect('redis', config());
    const exact = await hub.listen(id, 'redis.subscribe', { channels: ['alarms.*', 'alarms.1'] });
    const wide = await hub.listen(id, 'redis.subscribe', { channels: ['alarms.*'], usePatterns: true });
    const sent = await hub.call(id, 'redis.publish', { channel: 'alarms.1', payload: { line: 1 } });
    expect(sent.data).toEqual({ channel: 'alarms.1', receivers: 2 });
    await neighbour.publish('alarms.2', Buffer.from([0xff]));
    expect(await wide.hears(2)).toMatchObject([
      { payload: { line: 1 }, channel: 'alarms.1', pattern: 'alarms.*' },
      { payload: '/w==', channel: 'alarms.2' },
    ]);
    expect(await exact.hears(1)).toMatchObject([{ payload: { line: 1 }, channel: 'alarms.1' }]);
  });

  it('tells wrong credentials', async () => {
    const wrong = await hub.add('redis', config({ password: 'wrong-horse' }));
    const { success, message } = await hub.test(wrong);
    expect([success, message]).toEqual([false, expect.stringContaining('wrong user name or password')]);
    expect(message).not.toContain('horse');
    await hub.until(wrong, 'error');
    const nobody = await hub.test(await hub.add('redis', { host: '127.0.0.1', port: server.port }));
    expect(nobody).toMatchObject({ success: false, message: expect.stringContaining('wrong user name or password') });
  });

  it('connects by TLS to servers that it trusts', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'redis-protocol-'));
    const { key, cert } = selfSigned('redis');
    const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    const port = await freePort();
    const files = [`tls-cert-file ${certFile}`, `tls-key-file ${keyFile}`, 'tls-auth-clients no'];
    const secured = await startServer('redis', { settings: [`tls-port ${port}`, ...files] });
    try {
      const at = { host: '127.0.0.1', port };
      const id = await hub.connect('redis', { ...at, tls: { enabled: true, ca: cert } });
      expect(await hub.call(id, 'redis.get', { key: 'a' })).toMatchObject({ success: true });
      const doubting = await hub.test(await hub.add('redis', { ...at, tls: { enabled: true } }));
      expect(doubting).toMatchObject({ success: false, message: expect.stringContaining('TLS failed') });
    } finally {
      await secured.stop();
      rmSync(directory, { recursive: true });
    }
  });

  it('comes back by itself when the way breaks, and when the server was killed', async () => {
    const id = await hub.connect('redis', throughProxy());
    const listener = await hub.listen(id, 'redis.subscribe', { channels: ['back'] });
    await proxy.become('refuse');
    await hub.until(id, 'reconnecting');
    await proxy.become('pass');
    await hub.until(id, 'connected');
    await listener.untilListening();
    await neighbour.publish('back', '"once"');
    await listener.hearsAll(['once']);
    await server.stop('SIGKILL');
    await hub.until(id, 'reconnecting');
    server = await startServer('redis', { settings: SETTINGS, port: server.port });
    await hub.until(id, 'connected');
    await listener.untilListening();
    await neighbour.publish('back', '"twice"');
    await listener.hearsAll(['once', 'twice']);
    expect(await hub.call(id, 'redis.get', { key: 'a' })).toMatchObject({ success: true });
  });

  it('ends calls in their time when the server answers no more', async () => {
    const id = await hub.connect('redis', throughProxy({ timeoutMs: 300, connectTimeoutSeconds: 1 }));
    await hub.untilWorks(id, 'redis.get', { key: 'a' });
    await proxy.become('stall');
    expect(await hub.call(id, 'redis.get', { key: 'a' })).toMatchObject(refused(true, 'no answer within 300 ms'));
    const test = await hub.test(id);
    expect(test).toMatchObject({ success: false, message: expect.stringContaining('no answer within 1000 ms') });
    await proxy.become('pass');
    proxy.cut();
    await hub.until(id, 'connected');
  });

  it('survives answers that are not of Redis', async () => {
    const id = await hub.connect('redis', throughProxy());
    await proxy.become('garbage');
    proxy.cut();
    const { success, message } = await hub.test(id);
    expect([success, message]).toEqual([false, expect.stringMatching(/not of Redis|closed/)]);
    await proxy.become('pass');
    proxy.cut();
    await hub.until(id, 'connected');
    expect(await hub.call(id, 'redis.get', { key: 'a' })).toMatchObject({ success: true });
  });
});
