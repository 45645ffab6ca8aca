import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithServers, startServer, startTcpProxy, type RunningServer, type TcpProxy } from '#testing';
import { ProtocolHub, type Execution } from './protocol-hub';

const DEVICE = { settings: [readFileSync(join(__dirname, 'modbus-device.py'), 'utf8')] };

describeWithServers(['pymodbus'], 'Modbus', () => {
  let hub: ProtocolHub;
  let device: RunningServer;
  let proxy: TcpProxy;
  let id: string;

  const config = (port: number, more: object = {}) => ({
    host: '127.0.0.1',
    port,
    connectTimeoutMs: 30_000,
    responseTimeoutMs: 30_000,
    ...more,
  });

  beforeAll(async () => {
    [hub, device] = await Promise.all([ProtocolHub.start(), startServer('pymodbus', DEVICE)]);
    proxy = await startTcpProxy(device.port);
    id = await hub.connect('modbus', config(device.port));
  });

  afterAll(async () => {
    await hub.stop();
    await proxy.stop();
    await device.stop();
  });

  const values = async (type: string, read: object): Promise<unknown> => {
    const { success, data, error } = await hub.call(id, `modbus.${type}`, read);
    if (!success) throw new Error(error!.message);
    return data.values;
  };

  const failure = ({ success, error }: Execution): unknown[] => [success, error?.message, error?.retryable];

  describe('reading', () => {
    it('gives bits of both tables', async () => {
      expect(await values('readCoils', { address: 0, quantity: 4 })).toEqual([true, false, true, false]);
      expect(await values('readDiscreteInputs', { address: 1, quantity: 3 })).toEqual([true, true, false]);
      expect(await values('readCoils', { address: 2 })).toEqual([true]);
    });

    it('gives as many as one request can bring', async () => {
      expect(await values('readCoils', { address: 0, quantity: 2_000 })).toHaveLength(2_000);
      const registers = (await values('readInputRegisters', { address: 0, quantity: 125 })) as number[];
      expect([registers.length, registers.at(-1)]).toEqual([125, 124]);
    });

    it.each([
      [{ address: 0 }, [215]],
      [{ address: 0, dataType: 'int16', scale: 0.1 }, [21.5]],
      [{ address: 0, quantity: 2, dataType: 'int16' }, [215, -2]],
      [{ address: 2, dataType: 'float32' }, [21.5]],
      [{ address: 2, quantity: 2, dataType: 'hex' }, ['41ac0000']],
      [{ address: 4, dataType: 'int64' }, [-1]],
      [{ address: 4, dataType: 'uint64' }, ['18446744073709551615']],
      [{ address: 8, quantity: 2, dataType: 'string' }, ['ABC']],
      [{ address: 0, unitId: 2, quantity: 2 }, [42, 42]],
    ])('gives holding registers %j as %j', async (read, expected) => {
      expect(await values('readHoldingRegisters', read)).toEqual(expected);
    });

    it('takes its address as a parameter', async () => {
      const { data } = await hub.call(id, 'modbus.readInputRegisters', { address: '((at))' }, { at: 17 });
      expect(data).toEqual({ address: 17, quantity: 1, dataType: 'uint16', values: [17] });
    });

    it('gives tags from anywhere by their names', async () => {
      const tags = [
        { name: 'temperature', address: 0, dataType: 'int16', scale: 0.1 },
        { name: 'pressure', address: 2, dataType: 'float32' },
        { name: 'alarm', address: 10, dataType: 'bool', bit: 2 },
        { name: 'running', area: 'coil', address: 2 },
        { name: 'counters', area: 'inputRegister', address: 200, quantity: 2 },
        { name: 'meter', unitId: 2, address: 1 },
      ];
      const expected = {
        temperature: 21.5,
        pressure: 21.5,
        alarm: true,
        running: true,
        counters: [200, 201],
        meter: 42,
      };
      expect(await values('read', { tags })).toEqual(expected);
    });

    it('tells which tags are not there and gives the others', async () => {
      const tags = [
        { name: 'there', address: 10 },
        { name: 'nowhere', address: 12 },
      ];
      const { data } = await hub.call(id, 'modbus.read', { tags });
      expect(data).toEqual({
        values: { there: 5 },
        errors: { nowhere: `127.0.0.1:${device.port} unit 1: the device has no such address (exception 2)` },
      });
    });
  });

  describe('writing', () => {
    it('sets a coil and several', async () => {
      await hub.call(id, 'modbus.writeCoil', { address: 20, value: '((on))' }, { on: true });
      await hub.call(id, 'modbus.writeMultipleCoils', { address: 22, values: [true, false, true] });
      expect(await values('readCoils', { address: 20, quantity: 5 })).toEqual([true, false, true, false, true]);
    });

    it('sets a register and several', async () => {
      const setpoint = { address: 20, value: '((celsius))', dataType: 'int16', scale: 0.1 };
      expect((await hub.call(id, 'modbus.writeRegister', setpoint, { celsius: -3.5 })).data).toEqual({
        address: 20,
        quantity: 1,
      });
      const floats = { address: 21, values: ['((speed))', 1.5], dataType: 'float32', wordOrder: 'little' };
      await hub.call(id, 'modbus.writeMultipleRegisters', floats, { speed: 21.5 });
      expect(await values('readHoldingRegisters', { address: 20, quantity: 5, dataType: 'raw' })).toEqual([
        0xffdd, 0x0000, 0x41ac, 0x0000, 0x3fc0,
      ]);
    });

    it('refuses what does not fit', async () => {
      const huge = await hub.call(id, 'modbus.writeRegister', { address: 20, value: 70_000 });
      expect(failure(huge)).toEqual([false, '70000 does not fit into uint16', false]);
      const many = { address: 20, values: Array.from({ length: 40 }, () => 1), dataType: 'float64' };
      expect(failure(await hub.call(id, 'modbus.writeMultipleRegisters', many))).toEqual([
        false,
        'The values take 160 registers; 1 to 123 can be written at once',
        false,
      ]);
    });
  });

  describe('refusals', () => {
    it.each([
      ['readHoldingRegisters', { address: 11 }, 1, 'the device has no such address (exception 2)', false],
      ['writeRegister', { address: 11, value: 1 }, 1, 'the device has no such address (exception 2)', false],
      ['readHoldingRegisters', { address: 0, unitId: 3 }, 3, 'the device failed while it did this (exception 4)', true],
    ])('of the device are told in words: %s %j', async (type, asked, unit, says, retryable) => {
      const where = `127.0.0.1:${device.port} unit ${unit}`;
      expect(failure(await hub.call(id, `modbus.${type}`, asked))).toEqual([false, `${where}: ${says}`, retryable]);
    });

    it.each([
      [
        'readHoldingRegisters',
        { address: 0, quantity: 3, dataType: 'float32' },
        'quantity must be a multiple of 2, the registers of float32',
      ],
      ['readHoldingRegisters', { address: 65_535, quantity: 2 }, 'address and quantity go beyond 65535'],
      ['read', { tags: [{ name: 'a', address: 0, quantity: 126 }] }, 'tags[0].quantity must be 125 at most'],
      ['read', { tags: [{ name: 'a', address: 0, bit: 3 }] }, 'tags[0].bit is for registers with dataType bool'],
      [
        'poll',
        {
          tags: [
            { name: 'a', address: 0 },
            { name: 'a', address: 1 },
          ],
        },
        'Name a is given to two tags',
      ],
    ])('of functions that cannot be: %s %j', async (type, wanted, message) => {
      const wrong = { name: 'Wrong', type: `modbus.${type}`, config: wanted };
      const answer = await hub.api.post(`/connections/${id}/functions`, wrong);
      expect([answer.status, answer.body.message]).toEqual([400, message]);
    });
  });

  it('asks one thing at a time, however many calls there are', async () => {
    const read = await hub.addFunction(id, 'modbus.readInputRegisters', { address: '((at))' }, [
      { name: 'at', type: 'number', required: true },
    ]);
    const calls = Array.from({ length: 30 }, (_, at) => hub.execute(id, read, { at }));
    const answers = (await Promise.all(calls)).map(({ data }) => data.values[0]);
    expect(answers).toEqual(Array.from({ length: 30 }, (_, at) => at));
  });

  describe('polling', () => {
    const write = (address: number, value: number) => hub.call(id, 'modbus.writeRegister', { address, value });

    it('starts runs with what has changed by more than the dead band', async () => {
      const listener = await hub.listen(id, 'modbus.poll', {
        intervalMs: 50,
        deadBand: 2,
        tags: [
          { name: 'level', address: 30 },
          { name: 'state', address: 31, deadBand: 0 },
        ],
      });
      await listener.hears(1);
      await write(30, 2);
      await write(31, 1);
      await listener.hears(2);
      await write(30, 3);
      const heard = await listener.hears(3);
      await listener.stop();
      expect(heard.map(({ payload, changed }) => ({ payload, changed }))).toEqual([
        { payload: { level: 0, state: 0 }, changed: ['level', 'state'] },
        { payload: { level: 2, state: 1 }, changed: ['state'] },
        { payload: { level: 3, state: 1 }, changed: ['level'] },
      ]);
    });

    it('goes on by itself when the device was away, and answers calls again', async () => {
      const away = await hub.connect('modbus', config(proxy.port));
      const tags = [{ name: 'level', address: 40 }];
      const listener = await hub.listen(away, 'modbus.poll', { intervalMs: 50, messages: 'perTag', tags });
      await listener.hears(1);
      await proxy.become('refuse');
      await hub.until(away, 'reconnecting');
      await write(40, 9);
      await proxy.become('pass');
      await hub.until(away, 'connected');
      const [, second] = await listener.hears(2);
      expect([second!.payload, second!['key']]).toEqual([9, 'level']);
      await listener.stop();
    });
  });

  describe('a device that is unwell', () => {
    afterEach(() => proxy.become('pass'));

    it('fails a call that it does not answer, and is connected to anew', async () => {
      const slow = await hub.connect('modbus', config(proxy.port, { responseTimeoutMs: 100 }));
      await proxy.become('stall');
      const read = await hub.addFunction(slow, 'modbus.readCoils', { address: 0 });
      expect(failure(await hub.execute(slow, read))).toEqual([
        false,
        `127.0.0.1:${proxy.port} unit 1: no answer within 100 ms`,
        true,
      ]);
      await hub.execute(slow, read);
      await hub.execute(slow, read);
      await hub.until(slow, 'reconnecting');
      await proxy.become('pass');
      await hub.until(slow, 'connected');
      await hub.untilWorks(slow, 'modbus.readCoils', { address: 0 });
    });

    it('fails a call that is answered by anything else', async () => {
      const odd = await hub.connect('modbus', config(proxy.port));
      await proxy.become('garbage');
      const read = await hub.addFunction(odd, 'modbus.readCoils', { address: 0 });
      expect(failure(await hub.execute(odd, read))).toEqual([
        false,
        `127.0.0.1:${proxy.port}: the answer is not Modbus TCP`,
        true,
      ]);
      await hub.until(odd, 'reconnecting');
      await proxy.become('pass');
      await hub.until(odd, 'connected');
      expect((await hub.execute(odd, read)).success).toBe(true);
    });

    it('is told by the test of a connection', async () => {
      const tested = await hub.add('modbus', config(proxy.port));
      expect(await hub.test(tested)).toMatchObject({ success: true });
      await proxy.become('refuse');
      expect(await hub.test(tested)).toMatchObject({
        success: false,
        message: `127.0.0.1:${proxy.port}: the connection was refused`,
      });
    });
  });
});
