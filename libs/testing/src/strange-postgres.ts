import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

/** PostgreSQL lets somebody in, and is told to stop: both may arrive in one piece. */
const WELCOME_AND_GOODBYE = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')),
]);

export interface StrangePostgres {
  url: string;
  /** Connections that are open. */
  readonly open: number;
  /** Connections taken so far. */
  readonly taken: number;
  stop: () => void;
}

/** Speaks PostgreSQL as far as it takes to `stop` in the moment in which it lets somebody in, or to stay `silent`. */
export async function startStrangePostgres(manner: 'stops' | 'silent'): Promise<StrangePostgres> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    if (manner === 'stops') socket.once('data', () => socket.end(WELCOME_AND_GOODBYE));
    else socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://hub:secret@127.0.0.1:${(server.address() as AddressInfo).port}/hub`,
    get open() {
      return sockets.size;
    },
    get taken() {
      return taken;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
