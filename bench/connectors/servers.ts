import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { DataDirectory } from '../lib/data-directory.ts';
import { freePorts } from '../lib/hub.ts';
import { startServer } from '../lib/servers.ts';

/** A kind of connection: where its server listens, and how one is reached by a port of ours. */
export interface Kind {
  protocol: string;
  /** Its part of all connections. */
  share: number;
  server: number;
  config: (port: number) => object;
  /** A function that a load may call. */
  call: { type: string; config: object };
}

/** The servers that connections lead to; those of other projects where they are installed. */
export async function startServers(directory: DataDirectory, stack: AsyncDisposableStack): Promise<Kind[]> {
  const kinds: Kind[] = [
    {
      protocol: 'rest',
      share: 3,
      server: await startHttp(stack),
      config: (port) => ({ baseUrl: `http://127.0.0.1:${port}` }),
      call: { type: 'rest.get', config: { path: '/' } },
    },
    {
      protocol: 'modbus',
      share: 2,
      server: await startModbus(stack),
      config: (port) => ({ host: '127.0.0.1', port }),
      call: { type: 'modbus.readHoldingRegisters', config: { address: 7 } },
    },
  ];
  const mosquitto = await startServer('mosquitto', directory);
  if (mosquitto) {
    stack.use(mosquitto);
    kinds.push({
      protocol: 'mqtt',
      share: 3,
      server: Number(new URL(mosquitto.url).port),
      config: (port) => ({ brokerUrl: `mqtt://127.0.0.1:${port}` }),
      call: { type: 'mqtt.publish', config: { topic: 'bench', payload: 1, qos: 1 } },
    });
  }
  const redis = await startServer('redis', directory);
  if (redis) {
    stack.use(redis);
    kinds.push({
      protocol: 'redis',
      share: 2,
      server: Number(new URL(redis.url).port),
      config: (port) => ({ host: '127.0.0.1', port }),
      call: { type: 'redis.get', config: { key: 'bench' } },
    });
  }
  return kinds;
}

async function startHttp(stack: AsyncDisposableStack): Promise<number> {
  const server = createServer((_request, response) => response.end('{"well":true}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as { port: number }).port;
}

interface ModbusServer {
  close(done: () => void): void;
  on(event: 'initialized' | 'socketError', heard: () => void): void;
}

async function startModbus(stack: AsyncDisposableStack): Promise<number> {
  const { ServerTCP } = createRequire(import.meta.url)('modbus-serial') as {
    ServerTCP: new (units: object, options: object) => ModbusServer;
  };
  const [port] = await freePorts(1);
  const registers = {
    getHoldingRegister: (address: number) => address,
    getCoil: () => true,
    getInputRegister: () => 0,
  };
  const server = new ServerTCP(registers, { host: '127.0.0.1', port });
  server.on('socketError', () => undefined);
  await new Promise<void>((listening) => server.on('initialized', listening));
  stack.defer(() => new Promise<void>((done) => server.close(done)));
  return port!;
}
