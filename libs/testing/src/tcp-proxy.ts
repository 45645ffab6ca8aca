import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port';

/**
 * A way to a real server that can go wrong: `pass` lets everything through, `refuse` listens no more, `stall` takes
 * connections and bytes and answers nothing, `garbage` answers bytes that are no protocol.
 */
export type ProxyMode = 'pass' | 'refuse' | 'stall' | 'garbage';

export interface TcpProxy {
  port: number;
  /** For connections from now on, and those that are open: they are cut by `refuse`, and hear no more by `stall`. */
  become(mode: ProxyMode): Promise<void>;
  /** Resets what is open; new connections work by the mode there is. */
  cut(): void;
  /** Connections taken so far. */
  readonly taken: number;
  stop(): Promise<void>;
}

const GARBAGE = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 37 + 11) % 256));

/** Stands before the server at that port of this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass';
  let taken = 0;
  let server: Server | undefined;
  // Nobody else's either while nobody listens.
  const port = await freePort();
  const open = new Set<{ near: Socket; far: Socket }>();

  const take = (near: Socket): void => {
    taken++;
    const far = connect(targetPort, '127.0.0.1');
    const pair = { near, far };
    open.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        near.destroy();
        far.destroy();
        open.delete(pair);
      });
    }
    if (mode === 'garbage') near.write(GARBAGE);
    near.on('data', (bytes) => {
      if (mode === 'garbage') near.write(GARBAGE);
      else if (mode === 'pass') far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (mode === 'pass') near.write(bytes);
    });
    near.once('end', () => far.end());
    far.once('end', () => near.end());
  };

  const cut = (): void => open.forEach(({ near }) => near.resetAndDestroy());

  const listen = async (): Promise<void> => {
    server = createServer({ allowHalfOpen: true }, take);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };

  const refuse = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = once(closing, 'close');
    closing.close();
    cut();
    await closed;
  };

  await listen();
  return {
    port,
    get taken() {
      return taken;
    },
    cut,
    become: async (next) => {
      mode = next;
      if (next === 'refuse') await refuse();
      else if (!server) await listen();
    },
    stop: refuse,
  };
}
