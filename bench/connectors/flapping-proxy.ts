import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Milliseconds for which a flapping server is there, and away: by chance between the two. */
const UP = [500, 5_000] as const;
const DOWN = [200, 3_000] as const;

const between = ([least, most]: readonly [number, number]): number => least + Math.random() * (most - least);

/** A way to a server that comes and goes while it flaps: it refuses connections, and resets those that were open. */
export class FlappingProxy implements AsyncDisposable {
  readonly port: number;
  private server: Server | undefined;
  private readonly target: number;
  private readonly open = new Set<Socket>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(target: number, port: number, server: Server) {
    this.target = target;
    this.port = port;
    this.server = server;
    server.on('connection', (near) => this.take(near));
  }

  static async start(target: number): Promise<FlappingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FlappingProxy(target, (server.address() as { port: number }).port, server);
  }

  flap(): void {
    this.timer = setTimeout(() => this.turn(), between(UP));
  }

  /** It is there from now on. */
  async calm(): Promise<void> {
    clearTimeout(this.timer);
    await this.come();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.timer);
    this.go();
    await Promise.resolve();
  }

  private turn(): void {
    const isUp = this.server !== undefined;
    if (isUp) this.go();
    else void this.come();
    this.timer = setTimeout(() => this.turn(), between(isUp ? DOWN : UP));
  }

  private go(): void {
    this.server?.close();
    this.server = undefined;
    for (const socket of this.open) socket.resetAndDestroy();
  }

  private async come(): Promise<void> {
    if (this.server) return;
    this.server = createServer((near) => this.take(near)).listen(this.port, '127.0.0.1');
    this.server.on('error', () => (this.server = undefined));
    await once(this.server, 'listening').catch(() => undefined);
  }

  private take(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    this.open.add(near);
    for (const socket of [near, far]) {
      socket.setNoDelay(true).on('error', () => undefined);
      socket.once('close', () => {
        near.destroy();
        far.destroy();
        this.open.delete(near);
      });
    }
    near.pipe(far).pipe(near);
  }
}
