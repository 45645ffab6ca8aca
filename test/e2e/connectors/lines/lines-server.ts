import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { freePort } from '#testing';

/** The other side of the protocol `lines`: keeps messages until they are taken, as a broker does. */
export class LinesServer {
  private server: Server | undefined;
  private readonly sockets = new Map<Socket, { user: string; listening: boolean }>();
  private readonly waiting = new Map<string, string>();
  /** Users that said hello, in their order. */
  readonly logins: string[] = [];
  /** Lines that were asked, pings left out. */
  readonly asked: string[] = [];
  /** Ids of messages that were taken. */
  readonly taken: string[] = [];
  /** The same after every start. */
  port = 0;
  private sent = 0;

  async start(): Promise<this> {
    this.port ||= await freePort();
    this.server = createServer((socket) => this.serve(socket)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** Ends as a machine does that is switched off; its messages stay. */
  async stop(): Promise<void> {
    const closing = this.server;
    this.server = undefined;
    if (!closing) return;
    const closed = once(closing, 'close');
    closing.close();
    this.cut();
    await closed;
  }

  cut(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** Those that came as that user. */
  connectionsOf(user: string): number {
    return [...this.sockets.values()].filter((socket) => socket.user === user).length;
  }

  get listeners(): number {
    return [...this.sockets.values()].filter(({ listening }) => listening).length;
  }

  /** Sends a message to who listens, now or later; gives its id. */
  send(payload: string): string {
    const id = `m${++this.sent}`;
    this.waiting.set(id, payload);
    for (const [socket, { listening }] of this.sockets) if (listening) socket.write(`message ${id} ${payload}\n`);
    return id;
  }

  private serve(socket: Socket): void {
    const state = { user: '', listening: false };
    this.sockets.set(socket, state);
    socket.on('error', () => undefined).once('close', () => this.sockets.delete(socket));
    createInterface(socket).on('line', (line) => {
      const [word, rest = ''] = line.split(/ (.*)/s);
      if (word === 'hello') {
        state.user = rest;
        this.logins.push(rest);
        socket.write(rest === 'bad' ? 'the user is not known\n' : 'welcome\n');
      } else if (word === 'listen') {
        state.listening = true;
        for (const [id, payload] of this.waiting) socket.write(`message ${id} ${payload}\n`);
      } else if (word === 'silence') state.listening = false;
      else if (word === 'taken') {
        this.taken.push(rest);
        this.waiting.delete(rest);
      } else if (word === 'ping') socket.write('pong\n');
      else {
        this.asked.push(line);
        if (word !== 'never') socket.write(`you said ${line}\n`);
      }
    });
  }
}
