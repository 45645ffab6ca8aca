import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { StartError } from './start-error.ts';

export interface WantedPort {
  /** The one that is best; any other will do as well. */
  usual: number;
  /** The one that has to be. */
  asked?: number | undefined;
}

/** Ports of the loopback address, held open together so that they differ. @throws StartError */
export async function freePorts<Name extends string>(wanted: Record<Name, WantedPort>): Promise<Record<Name, number>> {
  const open: Server[] = [];
  try {
    const ports: Partial<Record<Name, number>> = {};
    for (const [name, { usual, asked }] of Object.entries(wanted) as [Name, WantedPort][]) {
      const server = asked === undefined ? ((await listen(usual)) ?? (await listen(0))) : await listen(asked);
      if (!server) throw new StartError(`port ${asked ?? usual} (${name}) cannot be had: give another one, or none`);
      open.push(server);
      ports[name] = (server.address() as AddressInfo).port;
    }
    return ports as Record<Name, number>;
  } finally {
    await Promise.all(open.map((server) => once(server.close(), 'close')));
  }
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    await once(server.listen({ host: '127.0.0.1', port, exclusive: true }), 'listening');
    return server;
  } catch {
    return undefined;
  }
}
