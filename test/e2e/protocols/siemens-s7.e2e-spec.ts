import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  describeWithServers,
  findClient,
  startProcess,
  startTcpProxy,
  type ServerProcess,
  type TcpProxy,
} from '#testing';
import { ProtocolHub, type Execution } from './protocol-hub';

const SNAP7 = join(dirname(require.resolve('node-snap7/package.json')), 'deps', 'snap7', 'src');

/** Makes a PLC of the sources of snap7, in seconds. */
async function compile(program: string): Promise<void> {
  const folders = ['core', 'sys', 'lib'].map((name) => join(SNAP7, name));
  const sources = folders.flatMap((folder) => globSync(join(folder, '*.cpp')));
  const includes = folders.flatMap((folder) => ['-I', folder]);
  const device = join(__dirname, 's7-device.cpp');
  await promisify(execFile)(findClient('g++'), [
    '-O0',
    '-w',
    '-fpermissive',
    '-pthread',
    ...includes,
    device,
    ...sources,
    '-o',
    program,
  ]);
}

describeWithServers(['g++'], 'Siemens S7', () => {
  const folder = mkdtempSync(join(tmpdir(), 's7-'));
  const program = join(folder, 'plc');
  let hub: ProtocolHub;
  let plc: ServerProcess;
  let proxy: TcpProxy;
  let id: string;

  const start = (port?: number) => startProcess({ program, prepare: (_, free) => [String(free)], port });
  const config = (port: number, more: object = {}) => ({
    host: '127.0.0.1',
    port,
    connectTimeoutMs: 30_000,
    responseTimeoutMs: 30_000,
    ...more,
  });

  beforeAll(async () => {
    [hub] = await Promise.all([ProtocolHub.start(), compile(program)]);
    plc = await start();
    proxy = await startTcpProxy(plc.port);
    id = await hub.connect('siemens-s7', config(plc.port));
    // Where two cores have more to do, the compiler takes a minute.
  }, 240_000);

  afterAll(async () => {
    await hub.stop();
    await proxy.stop();
    await plc.stop('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const failure = ({ success, error }: Execution): unknown[] => [success, error?.message, error?.retryable];
  const read = async (address: string, more: object = {}): Promise<unknown> => {
    const { data, error } = await hub.call(id, 's7.read', { tags: [{ name: 'it', address, ...more }] });
    if (error) throw new Error(error.message);
    return data.values.it;
  };

  describe('reading', () => {
    it.each([
      ['DB1.DBX0.0', {}, true],
      ['DB1.DBX0.1', {}, false],
      ['DB1.DBW2', { dataType: 'INT' }, -2],
      ['DB1.DBW2', {}, 65_534],
      ['DB1.DBD4', { dataType: 'REAL' }, 21.5],
      ['DB1.DBB8', { dataType: 'LINT' }, -1],
      ['DB1.DBB8', { dataType: 'ULINT' }, '18446744073709551615'],
      ['DB1.DBB16', { dataType: 'STRING', length: 10 }, 'Press'],
      ['DB1.DBB200', { count: 3 }, [0, 1, 2]],
      ['I0.7', {}, true],
      ['EB0', {}, 0x81],
      ['T4', {}, 127_000],
      ['C4', {}, 127],
    ])('gives %s %j as %j', async (address, more, value) => {
      expect(await read(address, more)).toEqual(value);
    });

    it('gives more than one answer can bring', async () => {
      const all = (await read('DB1.DBB0', { count: 512 })) as number[];
      expect([all.length, all[200 + 199]]).toEqual([512, 199]);
    });

    it('gives tags from anywhere, and tells which are not there', async () => {
      const tags = [
        { name: 'temperature', address: 'DB1.DBD4', dataType: 'REAL' },
        { name: 'beyond', address: 'DB1.DBB512' },
        { name: 'last', address: 'DB1.DBB511' },
        { name: 'nowhere', address: 'DB7.DBB0' },
        { name: 'input', address: 'I0.0' },
      ];
      const { data } = await hub.call(id, 's7.read', { tags });
      expect(data).toEqual({
        values: { temperature: 21.5, last: 0, input: true },
        errors: {
          beyond: expect.stringMatching(/: there is no such address \(0x05\)$/),
          nowhere: expect.stringMatching(/: there is no such block \(0x0a\)$/),
        },
      });
    });

    it('fails where there is nothing', async () => {
      const nothing = await hub.call(id, 's7.read', { tags: [{ name: 'it', address: 'DB7.DBB0' }] });
      expect(failure(nothing)).toEqual([false, `127.0.0.1:${plc.port}: there is no such block (0x0a)`, false]);
    });
  });

  describe('writing', () => {
    it.each([
      ['DB1.DBX100.3', {}, true],
      ['DB1.DBW102', { dataType: 'INT' }, -5],
      ['DB1.DBD104', { dataType: 'REAL' }, 0.1],
      ['DB1.DBB108', { dataType: 'ULINT' }, '18446744073709551614'],
      ['DB1.DBB16', { dataType: 'STRING', length: 10 }, 'Presse'],
      ['MW10', { dataType: 'WORD' }, 0xbeef],
      ['Q1.5', {}, true],
      ['DB1.DBW120', { dataType: 'INT' }, [1, -2, 3]],
    ])('sets %s %j to %j', async (address, more, value) => {
      const written = await hub.call(id, 's7.write', { address, ...more, value: '((value))' }, { value });
      expect(written.error ?? null).toBeNull();
      expect(await read(address, { ...more, ...(Array.isArray(value) && { count: value.length }) })).toEqual(value);
    });

    it('leaves the other bits and the declared length of a string alone', async () => {
      await hub.call(id, 's7.write', { address: 'M20.1', value: true });
      await hub.call(id, 's7.write', { address: 'M20.4', value: true });
      expect(await read('MB20')).toBe(0b10010);
      expect(await read('DB1.DBB16')).toBe(10);
    });

    it('refuses what does not fit, and what the PLC does not have', async () => {
      const write = async (asked: object) => failure(await hub.call(id, 's7.write', asked));
      expect(await write({ address: 'MB1', value: 300 })).toEqual([false, '300 does not fit into BYTE', false]);
      expect(await write({ address: 'DB1.DBB512', value: 1 })).toEqual([
        false,
        `127.0.0.1:${plc.port}: there is no such address (0x05)`,
        false,
      ]);
    });
  });

  it.each([
    ['s7.read', { tags: [{ name: 'a', address: 'DB1.DBX0.0', dataType: 'INT' }] }, /dataType must be BOOL/],
    ['s7.read', { tags: [{ name: 'a', address: 'DB70000.DBB0' }] }, /tags\[0\]\.address is no address of S7/],
    ['s7.read', { tags: [{ name: 'a', address: 'DB1' }] }, /address/],
    ['s7.read', { tags: ['MB0', 'MB1'].map((address) => ({ name: 'a', address })) }, /Name a is given to two tags/],
    ['s7.write', { address: 'T1', value: 1 }, /those are only read/],
  ])('refuses functions that cannot be: %s %j', async (type, wanted, message) => {
    const answer = await hub.api.post(`/connections/${id}/functions`, { name: 'Wrong', type, config: wanted });
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)]);
  });

  describe('polling', () => {
    const tags = [
      { name: 'level', address: 'MW40', dataType: 'INT' },
      { name: 'open', address: 'M42.0' },
    ];

    it('starts runs with what has changed by more than the dead band', async () => {
      const listener = await hub.listen(id, 's7.poll', { intervalMs: 50, deadBand: 2, tags });
      await listener.hears(1);
      await hub.call(id, 's7.write', { address: 'MW40', dataType: 'INT', value: 2 });
      await hub.call(id, 's7.write', { address: 'M42.0', value: true });
      await listener.hears(2);
      await hub.call(id, 's7.write', { address: 'MW40', dataType: 'INT', value: 3 });
      const heard = await listener.hears(3);
      await listener.stop();
      expect(heard.map(({ payload, changed }) => ({ payload, changed }))).toEqual([
        { payload: { level: 0, open: false }, changed: ['level', 'open'] },
        { payload: { level: 2, open: true }, changed: ['open'] },
        { payload: { level: 3, open: true }, changed: ['level'] },
      ]);
    });

    it('goes on by itself when the PLC was gone and is back', async () => {
      const killed = await start();
      const away = await hub.connect('siemens-s7', config(killed.port));
      const listener = await hub.listen(away, 's7.poll', { intervalMs: 50, tags });
      await listener.hears(1);
      await killed.stop('SIGKILL');
      await hub.until(away, 'reconnecting');
      const back = await start(killed.port);
      await hub.until(away, 'connected');
      await listener.hears(2);
      await listener.stop();
      await back.stop('SIGKILL');
    });
  });

  describe('a PLC that is unwell', () => {
    afterEach(() => proxy.become('pass'));

    const tags = [{ name: 'it', address: 'MB0' }];

    it('fails a call that it does not answer, and is connected to anew', async () => {
      const slow = await hub.connect('siemens-s7', config(proxy.port, { responseTimeoutMs: 100 }));
      await proxy.become('stall');
      const asked = await hub.addFunction(slow, 's7.read', { tags });
      const says = `127.0.0.1:${proxy.port}: no answer within 100 ms`;
      expect(failure(await hub.execute(slow, asked))).toEqual([false, says, true]);
      await hub.execute(slow, asked);
      await hub.execute(slow, asked);
      await hub.until(slow, 'reconnecting');
      await proxy.become('pass');
      await hub.until(slow, 'connected');
      await hub.untilWorks(slow, 's7.read', { tags });
    });

    it('fails a call that is answered by anything else', async () => {
      const odd = await hub.connect('siemens-s7', config(proxy.port));
      await proxy.become('garbage');
      const says = `127.0.0.1:${proxy.port}: the answer is not S7`;
      expect(failure(await hub.call(odd, 's7.read', { tags }))).toEqual([false, says, true]);
      await hub.until(odd, 'reconnecting');
      await proxy.become('pass');
      await hub.until(odd, 'connected');
      expect((await hub.call(odd, 's7.read', { tags })).success).toBe(true);
    });

    it('is told by the test of a connection', async () => {
      const tested = await hub.add('siemens-s7', config(proxy.port));
      const impatient = await hub.add('siemens-s7', config(proxy.port, { connectTimeoutMs: 1_000 }));
      expect(await hub.test(tested)).toMatchObject({ success: true });
      await proxy.become('stall');
      expect((await hub.test(impatient)).message).toBe(`127.0.0.1:${proxy.port}: no answer within 1000 ms`);
      await proxy.become('garbage');
      expect((await hub.test(tested)).message).toBe(`127.0.0.1:${proxy.port}: the answer is not S7`);
      await proxy.become('refuse');
      expect((await hub.test(tested)).message).toBe(`127.0.0.1:${proxy.port}: the connection was refused`);
    });
  });
});
