import { createServer, type AddressInfo, type Server } from 'node:net';
import { StartError } from './start-error';

export interface WantedPort {
  /** The setting that names it. */
  setting: string;
  host: string;
  port: number;
}

/** Tries all of them at once, so that two settings with the same port are noticed too. @throws StartError */
export async function requirePorts(wanted: WantedPort[]): Promise<void> {
  const open: Server[] = [];
  try {
    for (const { setting, host, port } of wanted) {
      open.push(
        await listen(host, port).catch((error: unknown) => refuse(error as NodeJS.ErrnoException, setting, host, port)),
      );
    }
  } finally {
    await Promise.all(open.map(close));
  }
}

/** A port of the loopback address that nobody listens on; the given one if it can be had. */
export async function freeLoopbackPort(preferred: number | undefined): Promise<number> {
  const server = await listen('127.0.0.1', preferred ?? 0).catch(() => listen('127.0.0.1', 0));
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}

function refuse(error: unknown, setting: string, host: string, port: number): never {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    throw new StartError(`${setting}: port ${port} is in use on ${host}; set ${setting} to a free one`);
  }
  if (code === 'EACCES')
    throw new StartError(`${setting}: this user may not listen on port ${port}; set it above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    throw new StartError(`HUB_HOST: ${host} is not an address of this machine`);
  }
  throw new StartError(`${setting}: cannot listen on ${host}:${port}: ${message}`);
}

const listen = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
