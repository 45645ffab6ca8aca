import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, startTcpProxy, type ServerProcess, type TcpProxy } from '#testing';
import { ProtocolHub, type Execution } from './protocol-hub';

const SERVER = join(__dirname, 'opcua-server.cjs');
const PASSWORD = 'line7-operator';
/** Milliseconds: where two cores have more to do, the server takes a minute to start. */
const START = 180_000;

describe('OPC UA', () => {
  // Certificates take a second to make: they stay when the server comes back.
  const directory = mkdtempSync(join(tmpdir(), 'opcua-'));
  let hub: ProtocolHub;
  let server: ServerProcess;
  let proxy: TcpProxy;
  let id: string;

  const start = (port?: number) =>
    startProcess({
      program: process.execPath,
      prepare: (folder, free) => [SERVER, String(free), folder],
      port,
      directory,
    });

  beforeAll(async () => {
    [hub, server] = await Promise.all([ProtocolHub.start(), start()]);
    proxy = await startTcpProxy(server.port);
    id = await hub.connect('opc-ua', config(server.port));
  }, START);

  afterAll(async () => {
    await hub.stop();
    await proxy.stop();
    await server.stop('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const config = (port: number, more: object = {}) => ({ host: '127.0.0.1', port, connectTimeoutMs: 30_000, ...more });
  const node = (name: string): string => `ns=1;s=Machine.${name}`;
  const file = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const failure = ({ success, error }: Execution): unknown[] => [success, error?.message, error?.retryable];
  const told = (says: string, retryable = false) => [false, `127.0.0.1:${server.port}: ${says}`, retryable];

  describe('reading', () => {
    it.each([
      ['Temperature', 'Double', 21.5],
      ['Pressure', 'Float', 0.1],
      ['Counter', 'UInt32', 7],
      ['Total', 'UInt64', '18446744073709551615'],
      ['Name', 'String', 'Press 4'],
      ['Running', 'Boolean', true],
      ['Started', 'DateTime', '2026-01-02T03:04:05.000Z'],
      ['Raw', 'ByteString', 'YWJj'],
      ['Label', 'LocalizedText', 'Presse'],
      ['Series', 'Int32', [1, 2, 3]],
    ])('gives %s as %s', async (name, dataType, value) => {
      const { data } = await hub.call(id, 'opcua.read', { nodeId: node(name) });
      expect(data).toMatchObject({ value, dataType, status: 'Good', sourceTimestamp: expect.stringContaining('T') });
    });

    it('gives other attributes, structures, and nodes by the name of their namespace', async () => {
      const read = async (asked: object) => (await hub.call(id, 'opcua.read', asked)).data.value;
      expect(await read({ nodeId: node('Name'), attribute: 'DisplayName' })).toBe('Name');
      expect(await read({ nodeId: 'i=2256' })).toMatchObject({ state: 'Running' });
      expect(await read({ nodeId: 'nsu=http://opcfoundation.org/UA/;i=2259' })).toBe(0);
    });

    it('gives many at once, and tells which are bad', async () => {
      const nodes = [{ nodeId: node('Counter') }, { name: 'name', nodeId: node('Name') }];
      const bad = [
        { name: 'broken', nodeId: node('Broken') },
        { name: 'nowhere', nodeId: node('Nowhere') },
      ];
      const { data } = await hub.call(id, 'opcua.batchRead', { nodes: [...nodes, ...bad] });
      expect(data).toEqual({
        values: { [node('Counter')]: 7, name: 'Press 4' },
        errors: { broken: 'BadSensorFailure', nowhere: 'BadNodeIdUnknown' },
      });
      expect(failure(await hub.call(id, 'opcua.batchRead', { nodes: bad }))).toEqual(told('BadSensorFailure', true));
    });

    it.each([
      [{ nodeId: 'ns=1;s=Machine.Nowhere' }, 'there is no such node (BadNodeIdUnknown)'],
      [{ nodeId: 'ns=1;s=Machine', attribute: 'Value' }, 'the node has no such attribute (BadAttributeIdInvalid)'],
      [{ nodeId: 'nsu=http://nowhere.example/;i=1' }, 'there is no namespace http://nowhere.example/'],
      [{ nodeId: 'ns=x;i=1' }, 'the node id is not valid (BadNodeIdInvalid)'],
    ])('fails for %j', async (asked, says) => {
      expect(failure(await hub.call(id, 'opcua.read', asked))).toEqual(told(says));
    });
  });

  describe('writing', () => {
    it.each([
      ['Temperature', 22.25],
      ['Total', '18446744073709551614'],
      ['Steps', ['heat', 'hold', 'cool']],
      ['Started', '2026-05-06T07:08:09.000Z'],
      ['Raw', 'AAEC'],
      ['Running', false],
    ])('sets %s', async (name, value) => {
      const written = await hub.call(id, 'opcua.write', { nodeId: node(name), value: '((value))' }, { value });
      expect(written.data).toMatchObject({ status: 'Good' });
      expect((await hub.call(id, 'opcua.read', { nodeId: node(name) })).data.value).toEqual(value);
    });

    it('refuses what the type cannot hold, and tells what the server refuses', async () => {
      const write = async (asked: object) => failure(await hub.call(id, 'opcua.write', asked));
      expect(await write({ nodeId: node('Counter'), value: -1 })).toEqual([
        false,
        '-1 does not fit into UInt32',
        false,
      ]);
      expect(await write({ nodeId: node('Fixed'), value: 1 })).toEqual(
        told('the node cannot be written (BadNotWritable)'),
      );
      expect(await write({ nodeId: node('Counter'), value: 'x', dataType: 'String' })).toEqual(
        told('the value has another type (BadTypeMismatch)'),
      );
    });
  });

  it('lists what is below a node', async () => {
    const { data } = await hub.call(id, 'opcua.browse', { nodeId: 'ns=1;s=Machine' });
    expect(data.complete).toBe(true);
    expect(data.references).toContainEqual(
      expect.objectContaining({ nodeId: node('Counter'), browseName: '1:Counter', nodeClass: 'Variable' }),
    );
    const few = await hub.call(id, 'opcua.browse', { nodeId: 'ns=1;s=Machine', limit: 3 });
    expect([few.data.references.length, few.data.complete]).toEqual([3, false]);
  });

  it('calls methods', async () => {
    const method = { objectId: 'ns=1;s=Machine', methodId: node('Multiply') };
    const { data } = await hub.call(id, 'opcua.call', { ...method, arguments: [6, '((by))'] }, { by: 7 });
    expect(data).toEqual({ status: 'Good', outputs: [42] });
    expect(failure(await hub.call(id, 'opcua.call', { ...method, arguments: [6] }))).toEqual([
      false,
      'The method takes 2 arguments, 1 are given',
      false,
    ]);
  });

  describe('monitoring', () => {
    it('starts runs with every change beyond the dead band, and with what cannot be monitored', async () => {
      const listener = await hub.listen(id, 'opcua.monitor', {
        publishingIntervalMs: 50,
        samplingIntervalMs: 20,
        nodes: [
          { name: 'pressure', nodeId: node('Pressure'), deadBand: 1 },
          { name: 'nowhere', nodeId: node('Nowhere') },
        ],
      });
      const write = (value: number) => hub.call(id, 'opcua.write', { nodeId: node('Pressure'), value });
      const first = await listener.hears(2);
      await write(0.5);
      await write(2);
      await listener.hears(3);
      await write(2.5);
      await write(4);
      const later = (await listener.hears(4)).slice(2);
      await listener.stop();
      const told = (heard: typeof first) => heard.map(({ payload, key, status }) => [key, payload, status]);
      expect(told(first)).toEqual(
        expect.arrayContaining([
          ['nowhere', null, 'BadNodeIdUnknown'],
          ['pressure', 0.1, 'Good'],
        ]),
      );
      // The server looks now and then: it may see none of the values that were soon followed by others.
      expect(told(later)).toEqual([
        ['pressure', 2, 'Good'],
        ['pressure', 4, 'Good'],
      ]);
    });

    it(
      'goes on by itself when the server was killed and is back',
      async () => {
        const killed = await start();
        const away = await hub.connect('opc-ua', config(killed.port));
        const nodes = [{ name: 'counter', nodeId: node('Counter') }];
        const listener = await hub.listen(away, 'opcua.monitor', { publishingIntervalMs: 50, nodes });
        await listener.hears(1);
        await killed.stop('SIGKILL');
        await hub.until(away, 'reconnecting');
        const back = await start(killed.port);
        await hub.until(away, 'connected');
        const [, second] = await listener.hears(2);
        expect([second!['key'], second!.payload]).toEqual(['counter', 7]);
        await listener.stop();
        await back.stop('SIGKILL');
      },
      START,
    );
  });

  describe('who may come', () => {
    const user = (password: string) => ({ auth: { type: 'userName', username: 'operator', password } });

    it('is told by name and password', async () => {
      const known = await hub.connect('opc-ua', config(server.port, user(PASSWORD)));
      expect((await hub.call(known, 'opcua.read', { nodeId: node('Name') })).data.value).toBe('Press 4');
      const wrong = await hub.add('opc-ua', config(server.port, user('wrong-password')));
      expect(await hub.test(wrong)).toMatchObject({
        success: false,
        message: `127.0.0.1:${server.port}: the user or the password is not accepted (BadUserAccessDenied)`,
      });
      await hub.until(wrong, 'error');
    });

    const secured = (policy: string, mode: string, more: object = {}) => ({
      security: {
        policy,
        mode,
        certificate: file('client.pem'),
        privateKey: file('client.key'),
        trusted: file('server.pem'),
        ...more,
      },
    });

    it.each([
      ['Basic256Sha256', 'SignAndEncrypt'],
      ['Aes128_Sha256_RsaOaep', 'Sign'],
      ['Aes256_Sha256_RsaPss', 'SignAndEncrypt'],
    ])('is secured by %s, %s', async (policy, mode) => {
      const secure = await hub.connect('opc-ua', config(server.port, { ...secured(policy, mode), ...user(PASSWORD) }));
      expect((await hub.call(secure, 'opcua.read', { nodeId: node('Name') })).data.value).toBe('Press 4');
    });

    it('comes to no server that is not trusted', async () => {
      const foreign = secured('Basic256Sha256', 'Sign', { trusted: file('client.pem') });
      const refused = await hub.add('opc-ua', config(server.port, foreign));
      expect((await hub.test(refused)).message).toMatch(/the certificate of the server is not trusted \(SHA-256/);
      const anyone = secured('Basic256Sha256', 'Sign', { trusted: undefined, rejectUnauthorized: false });
      expect(await hub.test(await hub.add('opc-ua', config(server.port, anyone)))).toMatchObject({ success: true });
    });
  });

  describe('a server that is unwell', () => {
    afterEach(() => proxy.become('pass'));

    it('fails calls that it does not answer', async () => {
      const slow = await hub.connect('opc-ua', config(proxy.port, { timeoutMs: 1_000 }));
      await proxy.become('stall');
      const { success, error } = await hub.call(slow, 'opcua.read', { nodeId: node('Name') });
      expect([success, error!.retryable]).toEqual([false, true]);
      expect(error!.message).toMatch(/no answer/);
    });

    it('is connected to anew after it has answered anything else', async () => {
      const odd = await hub.connect('opc-ua', config(proxy.port));
      await proxy.become('garbage');
      const { success, error } = await hub.call(odd, 'opcua.read', { nodeId: node('Name') });
      expect([success, error!.retryable]).toEqual([false, true]);
      await hub.until(odd, 'reconnecting');
      await proxy.become('pass');
      await hub.until(odd, 'connected');
      expect((await hub.call(odd, 'opcua.read', { nodeId: node('Name') })).success).toBe(true);
    });

    it('is told by the test of a connection', async () => {
      const tested = await hub.add('opc-ua', config(proxy.port));
      const impatient = await hub.add('opc-ua', config(proxy.port, { connectTimeoutMs: 1_000 }));
      await proxy.become('stall');
      expect((await hub.test(impatient)).message).toBe(`127.0.0.1:${proxy.port}: no answer within 1000 ms`);
      await proxy.become('garbage');
      expect(await hub.test(tested)).toMatchObject({ success: false });
      await proxy.become('refuse');
      expect((await hub.test(tested)).message).toBe(`127.0.0.1:${proxy.port}: the connection was refused`);
    });
  });
});
