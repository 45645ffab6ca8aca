import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Bottle, BottlingLine } from './line.ts';
import type { Machine } from './machine.ts';

/** Who may subscribe; sensors publish from inside. */
export const SUBSCRIBER = { username: 'hub', password: 'line-1' } as const;

export const TOPICS = {
  vibration: 'plant/line-1/vibration',
  hall: 'plant/hall/ambient',
  scanner: 'plant/line-1/scanner',
} as const;

/** A broker of the plant's own, with sensors that publish JSON. */
export class Sensors implements Machine {
  private broker: Aedes | undefined;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly line: BottlingLine;
  private readonly port: number;

  constructor(line: BottlingLine, port: number) {
    this.line = line;
    this.port = port;
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate: (_client, username, password, done) =>
        done(null, username === SUBSCRIBER.username && password?.toString() === SUBSCRIBER.password),
    });
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.broker = broker;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { broker, server } = this;
    this.broker = undefined;
    this.server = undefined;
    if (!broker || !server) return;
    const closed = once(server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
    await new Promise<void>((done) => broker.close(done));
  }

  /** What the sensors of the machine and the hall say now. */
  measure(): void {
    const { line } = this;
    this.publish(TOPICS.vibration, { rms: rounded(line.vibration) });
    this.publish(TOPICS.hall, { temperature: rounded(line.hallTemperature), humidity: rounded(line.hallHumidity) });
  }

  scan({ serial, grams, accepted }: Bottle): void {
    this.publish(TOPICS.scanner, { code: `B-${String(serial).padStart(6, '0')}`, grams, accepted });
  }

  private publish(topic: string, message: object): void {
    const packet = {
      cmd: 'publish',
      topic,
      payload: JSON.stringify(message),
      qos: 1,
      retain: false,
      dup: false,
    } as const;
    this.broker?.publish(packet, () => undefined);
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
