import { once } from 'node:events';
import type { Response } from 'express';

const KEEP_ALIVE_MS = 15_000;
/** A client that has not read for so long is gone. */
const STUCK_MS = 60_000;

/** Server-sent events (HTML standard, section 9.2) over one answer; waits for a client that reads slowly. */
export class EventStream {
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly response: Response) {
    response.once('close', () => this.close());
    this.timer = setInterval(() => this.keepAlive(), KEEP_ALIVE_MS);
  }

  /** Aborted when the client is gone, or `close` was called. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** Resolves when the client has room for more, or is gone. @param data without line breaks. */
  async send(event: string, data: string, id?: string): Promise<void> {
    if (this.signal.aborted) return;
    this.begin();
    const sent = this.response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
    if (!sent) await this.drained();
  }

  close(): void {
    if (this.signal.aborted) return;
    clearInterval(this.timer);
    this.ended.abort();
    if (this.response.headersSent) this.response.end();
  }

  private begin(): void {
    if (this.response.headersSent) return;
    // Proxies must not gather what is sent: the last one is nginx's word for it.
    const headers = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' };
    this.response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', ...headers });
    this.response.flushHeaders();
  }

  private keepAlive(): void {
    if (this.response.headersSent && !this.response.writableNeedDrain) this.response.write(': keep-alive\n\n');
  }

  private async drained(): Promise<void> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(STUCK_MS)]);
    await once(this.response, 'drain', { signal }).catch(() => this.close());
  }
}
