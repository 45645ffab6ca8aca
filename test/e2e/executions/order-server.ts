import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Order {
  item: string;
  quantity: number;
  /** `Idempotency-Key` of its request. */
  key: string;
  status: number;
}

/** Takes orders up to a largest quantity, answers 400 to others, and remembers all of them. */
export class OrderServer {
  readonly orders: Order[] = [];
  largest = 100;
  // No connection is closed in the moment in which it is used again.
  private readonly server: Server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    // The connection is looked after: whether the server is there is asked by GET.
    if (request.method === 'GET') {
      response.end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { item, quantity } = JSON.parse(Buffer.concat(chunks).toString()) as { item: string; quantity: number };
      const status = quantity > this.largest ? 400 : 201;
      this.orders.push({ item, quantity, key: String(request.headers['idempotency-key']), status });
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(status === 201 ? { accepted: item } : { refused: item }));
    });
  });

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }
}
