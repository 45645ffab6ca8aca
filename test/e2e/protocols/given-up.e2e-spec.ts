import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '#testing';
import { ProtocolHub } from './protocol-hub';

type Config = (port: number) => object;

const at: Config = (port) => ({ host: '127.0.0.1', port });

/** With all the time that an attempt may be given. */
const PATIENT: [protocol: string, config: Config][] = [
  ['ftp', at],
  ['ftp', (port) => ({ ...at(port), protocol: 'sftp', username: 'hub', password: 'x' })],
  ['kafka', (port) => ({ brokers: [`127.0.0.1:${port}`], connectTimeoutSeconds: 300 })],
  ['modbus', (port) => ({ ...at(port), responseTimeoutMs: 60_000 })],
  ['mqtt', (port) => ({ brokerUrl: `mqtt://127.0.0.1:${port}`, connectTimeoutSeconds: 300 })],
  ['mssql', (port) => ({ ...at(port), username: 'hub', password: 'x' })],
  ['mysql', (port) => ({ ...at(port), username: 'hub', password: 'x' })],
  ['nats', (port) => ({ servers: `127.0.0.1:${port}`, connectTimeoutSeconds: 300 })],
  ['opc-ua', (port) => ({ ...at(port), connectTimeoutMs: 60_000 })],
  ['postgres', (port) => ({ ...at(port), database: 'hub', username: 'hub', password: 'x' })],
  ['rabbitmq', (port) => ({ ...at(port), connectTimeoutSeconds: 300 })],
  ['redis', (port) => ({ ...at(port), connectTimeoutSeconds: 300 })],
  ['rest', (port) => ({ baseUrl: `http://127.0.0.1:${port}` })],
  ['siemens-s7', (port) => ({ ...at(port), connectTimeoutMs: 60_000, responseTimeoutMs: 60_000 })],
  ['smtp', (port) => ({ ...at(port), fromEmail: 'hub@plant.example' })],
];

const QUICK: [protocol: string, config: Config][] = [
  ['mqtt', (port) => ({ brokerUrl: `mqtt://127.0.0.1:${port}`, connectTimeoutSeconds: 1 })],
  ['nats', (port) => ({ servers: `127.0.0.1:${port}`, connectTimeoutSeconds: 1 })],
  ['rabbitmq', (port) => ({ ...at(port), connectTimeoutSeconds: 1 })],
  ['redis', (port) => ({ ...at(port), connectTimeoutSeconds: 1 })],
];

describe('an attempt to connect to a server that is silent', () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.resume();
  });
  let hub: ProtocolHub;
  let port: number;

  beforeAll(async () => {
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    port = (silent.address() as AddressInfo).port;
    hub = await ProtocolHub.start();
  });

  afterAll(async () => {
    await hub.stop();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it.each(PATIENT)('ends when nobody waits for it any more: %s', async (protocol, config) => {
    const id = await hub.add(protocol, config(port));
    await eventually(() => sockets.size > 0);
    await hub.api.post(`/connections/${id}/stop`);
    await hub.until(id, 'idle');
    await eventually(() => sockets.size === 0);
  });

  it.each(QUICK)('leaves nothing open when its time is over: %s', async (protocol, config) => {
    const id = await hub.add(protocol, config(port));
    expect(await hub.test(id)).toMatchObject({ success: false });
    await hub.api.post(`/connections/${id}/stop`);
    await hub.until(id, 'idle');
    await eventually(() => sockets.size === 0);
  });
});
