import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { serviceDataSource } from './data-source';

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

describe('a server that stops in the moment in which it lets somebody in', () => {
  let server: Server;
  let url: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).once('data', () => socket.end(WELCOME_AND_GOODBYE));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `postgres://hub:secret@127.0.0.1:${(server.address() as AddressInfo).port}/hub`;
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('fails what was to be done, and ends no process', async () => {
    const access = { database: { url }, secretKey: '5e'.repeat(32) };
    const source = serviceDataSource(access, { entities: [], migrations: [] }, 'system', 2);
    await expect(source.initialize()).rejects.toThrow(/terminat|not queryable/);
  });
});
