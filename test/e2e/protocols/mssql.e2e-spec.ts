import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startTcpProxy, type TcpProxy } from '#testing';
import { ProtocolHub } from './protocol-hub';

/*
 * There is no server to be had that these tests could start. What needs none is here; how values are bound and read is in the
 * specs beside the code.
 */
describe('the protocol mssql', () => {
  let hub: ProtocolHub;
  let proxy: TcpProxy;
  let config: object;
  const silent = createServer((socket) => socket.on('error', () => undefined).resume());

  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    [hub, proxy] = await Promise.all([ProtocolHub.start(), startTcpProxy((silent.address() as AddressInfo).port)]);
    config = { host: '127.0.0.1', port: proxy.port, username: 'hub', password: 'hunter2-secret' };
  });

  afterAll(() => Promise.all([hub.stop(), proxy.stop()]).then(() => silent.close()));

  const failure = async (more: object = {}) => {
    const { success, error } = await hub.call(await hub.add('mssql', { ...config, ...more }), 'mssql.query', {
      sql: 'SELECT 1 AS one',
    });
    expect(success).toBe(false);
    expect(error!.message).not.toContain('hunter2-secret');
    return error!;
  };

  it('is told as not verified', async () => {
    const { body } = await hub.api.get('/connections/protocols/mssql');
    expect(body.data).toMatchObject({ id: 'mssql', verified: false });
    const types = body.data.functions.map(({ type }: { type: string }) => type);
    expect(types).toEqual(['mssql.query', 'mssql.execute', 'mssql.insert']);
  });

  it('refuses configs that could not work', async () => {
    const address = { ...config, tls: { mode: 'verify-full' } };
    await expect(hub.add('mssql', address)).rejects.toThrow('tls.mode verify-full needs a name as host');
    await expect(hub.add('mssql', { ...config, tls: { ca: 'no certificate' } })).rejects.toThrow(
      'tls.ca cannot be read',
    );
    await expect(hub.add('mssql', { ...config, password: null })).rejects.toThrow('password');
  });

  it('fails clearly where nobody is, nobody answers, or somebody else does', async () => {
    await proxy.become('refuse');
    const where = `127.0.0.1:${proxy.port}`;
    expect(await failure()).toEqual({ message: `${where}: the connection was refused`, retryable: true });
    await proxy.become('stall');
    expect(await failure({ timeoutMs: 500 })).toEqual({
      message: `${where}: no answer within 500 ms`,
      retryable: true,
    });
    await proxy.become('garbage');
    for (const mode of ['disable', 'require']) {
      const { message, retryable } = await failure({ timeoutMs: 500, tls: { mode } });
      expect([message, retryable]).toEqual([
        expect.stringMatching(/does not speak this protocol|no answer within/),
        true,
      ]);
    }
    expect(await hub.test(await hub.add('mssql', { ...config, timeoutMs: 500 }))).toMatchObject({ success: false });
  });

  it('lives on where a server answers as one and then sends nonsense', async () => {
    const hostile = createServer((socket) => {
      let answers = 0;
      // A row before anybody has logged in, a token that is none, one that ends too early.
      const nonsense = [[0xd1, 1], [0x11], [0xaa, 0xff, 0xff]];
      socket.on('error', () => undefined);
      socket.on('data', () => {
        socket.write(answers++ === 0 ? message(PRELOGIN) : message(nonsense[taken++ % nonsense.length]!));
      });
    });
    let taken = 0;
    await once(hostile.listen(0, '127.0.0.1'), 'listening');
    const { port } = hostile.address() as AddressInfo;
    for (let count = 0; count < 3; count++) {
      const { message: told } = await failure({ port, tls: { mode: 'disable' } });
      expect(told).toBe(`127.0.0.1:${port}: the server does not speak this protocol`);
    }
    hostile.close();
  });
});

/** Version, no TLS, no instance, no thread, no MARS: MS-TDS, 2.2.6.5. */
const PRELOGIN = [
  ...[0, 0, 21, 0, 6, 1, 0, 27, 0, 1, 2, 0, 28, 0, 1, 3, 0, 29, 0, 0, 4, 0, 29, 0, 1, 0xff],
  ...[15, 0, 7, 0xd0, 0, 0, 2, 0, 0],
];

/** One packet, of the type that answers have. */
const message = (bytes: readonly number[]): Buffer => Buffer.from([4, 1, 0, bytes.length + 8, 0, 0, 1, 0, ...bytes]);
