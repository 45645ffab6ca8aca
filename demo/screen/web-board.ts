import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Board } from './board.ts';
import { clock, rowsOf, statusText } from './wording.ts';

const SEND_MS = 1_000;
const PAGE = readFileSync(join(import.meta.dirname, 'page.html'));
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'";

/** The board as a page for browsers, told anew every second (server-sent events). */
export class WebBoard {
  private readonly server = createServer((request, response) => this.answer(request, response));
  private readonly watching = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;
  private readonly board: Board;

  constructor(board: Board) {
    this.board = board;
  }

  async start(port: number): Promise<void> {
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
    this.timer = setInterval(() => {
      const event = this.event();
      for (const response of this.watching) response.write(event);
    }, SEND_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const closed = once(this.server.close(), 'close');
    this.server.closeAllConnections();
    await closed;
  }

  private answer({ url }: IncomingMessage, response: ServerResponse): void {
    if (url === '/') {
      const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY };
      response.writeHead(200, headers).end(PAGE);
    } else if (url === '/board') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(this.event());
      this.watching.add(response);
      response.once('close', () => this.watching.delete(response));
    } else {
      response.writeHead(404).end();
    }
  }

  private event(): string {
    const now = Date.now();
    const { connections, events, runsPerSecond } = this.board;
    const told = {
      time: clock(now),
      runsPerSecond: runsPerSecond.toFixed(1),
      connections: connections.map((connection) => ({
        name: connection.name,
        isUp: connection.status === 'connected',
        text: statusText(connection, now),
      })),
      rows: rowsOf(this.board, now),
      events: events.map(({ at, text }) => ({ time: clock(at), text })),
    };
    return `data: ${JSON.stringify(told)}\n\n`;
  }
}
