import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithServers, eventually, freePort } from '#testing';
import { removeData } from '../../crash/standalone-process';
import { DemoProcess } from './demo-process';

jest.setTimeout(600_000);

const PATIENT = { timeout: 60_000, interval: 200 };

describeWithServers(['mosquitto_sub'], 'npm run demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  let demo: DemoProcess;

  const start = async (): Promise<void> => {
    const [http, mqtt, board] = [await freePort(), await freePort(), await freePort()];
    const ports = ['--http-port', String(http), '--mqtt-port', String(mqtt), '--board-port', String(board)];
    demo = new DemoProcess('--data-dir', folder, ...ports);
    await demo.started();
  };
  const hears = (topic: string, isWanted: (value: unknown) => boolean): Promise<unknown> =>
    eventually(async () => {
      const values = await demo.values(topic);
      if (!values.some(isWanted)) throw new Error(`${topic} had ${JSON.stringify(values)}\n${demo.output}`);
      return true;
    }, PATIENT);
  const isAbove = (least: number) => (value: unknown) => typeof value === 'number' && value > least;

  afterEach(() => demo.kill());
  afterAll(() => {
    removeData(join(folder, 'hub'));
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings values of three protocols into the namespace, closes the loop, and ends clean', async () => {
    await start();
    const connections = await demo.get('/connections');
    expect(connections.map(({ name }) => name).toSorted()).toEqual(['Filler PLC', 'Pasteurizer', 'Sensors']);

    await hears('line-1/filler/motor-temperature', isAbove(30));
    await hears('line-1/pasteurizer/temperature', isAbove(60));
    await hears('line-1/vibration/rms', isAbove(0));
    await hears('line-1/kpi/bottles-per-minute', isAbove(10));
    await demo.execute('Pasteurizer', 'Set temperature', { temperature: 76 });
    await hears('line-1/pasteurizer/setpoint', (value) => value === 76);
    // The motor gets too hot: the pipeline has told the PLC, and the PLC says so.
    await hears('line-1/filler/speed-setpoint', (value) => value === 70);
    await hears('line-1/filler/warning-lamp', (value) => value === true);
    await hears('line-1/events', (value) => /slowed down/.test(String(value)));
    expect(await demo.get('/engine/executions?status=failed')).toEqual([]);

    // Both lines work as pasted, and the board shows what they tell.
    const run = promisify(execFile);
    const curl = await run('bash', ['-c', demo.told(/^ +(curl .*)$/m)]);
    expect(JSON.parse(curl.stdout)).toMatchObject({ data: expect.arrayContaining([]) });
    const subscriber = await run('bash', ['-c', `${demo.told(/^ +(mosquitto_sub .*)$/m)} -C 3 -W 60`]);
    expect(subscriber.stdout).toMatch(/^mHv1\.0\/bottling\/\S+ \{"value":/);
    const board = demo.told(/Board +(\S+)/);
    expect(await (await fetch(board)).text()).toContain('<h1>Bottling line 1</h1>');

    const hubPid = Number(readFileSync(join(folder, 'hub', 'hub.pid'), 'utf8'));
    expect(await demo.interrupt()).toBe(0);
    expect(() => process.kill(hubPid, 0)).toThrow('ESRCH');
    expect(existsSync(join(folder, 'hub', 'postgres', 'postmaster.pid'))).toBe(false);
    await expect(fetch(board)).rejects.toThrow();
  });

  it('finds again what it has made, and makes nothing twice', async () => {
    await start();
    expect(await demo.get('/connections')).toHaveLength(3);
    expect(await demo.get('/engine/pipelines')).toHaveLength(6);
    expect(await demo.interrupt()).toBe(0);
  });

  it('says what to do where a port is taken, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    demo = new DemoProcess('--data-dir', folder, '--http-port', String(port));
    expect(await demo.ended()).toBe(1);
    expect(demo.output).toContain(`demo: port ${port} (http) cannot be had: give another one`);
    other.close();
  });
});
