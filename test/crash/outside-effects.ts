import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server outside, as connectors call it: `POST /hold/<step>` is answered when the test says so, `/fail/<step>` fails the
 * first try of each key, anything else is answered at once. What it was asked to do counts as done, answered or not.
 */
export class OutsideEffects {
  private readonly counts = new Map<string, number>();
  private readonly held = new Map<string, ServerResponse[]>();
  private readonly failed = new Set<string>();
  private open = false;

  // Workers that stood still do not find their connections closed.
  private readonly server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    request.resume().once('end', () => {
      const key = String(request.headers['idempotency-key']);
      const [, manner, step = ''] = (request.url ?? '').split('/');
      if (manner === 'fail' && !this.failed.has(key)) {
        this.failed.add(key);
        response.writeHead(503).end();
        return;
      }
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
      if (manner !== 'hold' || this.open) return done(response);
      this.held.set(step, [...this.holding(step), response]);
    });
  });

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether a request of the step waits for its answer. */
  isAsked(step: string): boolean {
    return this.holding(step).length > 0;
  }

  /** Answers what waits; what comes later waits again. */
  answer(...steps: string[]): void {
    for (const step of steps) {
      const held = this.holding(step);
      this.held.delete(step);
      for (const response of held) done(response);
    }
  }

  /** Answers everything, now and from now on. */
  release(): void {
    this.open = true;
    this.answer(...this.held.keys());
  }

  /** `hold` waits again from now on. */
  hold(): void {
    this.open = false;
  }

  /** How often each effect of an execution was done, by its node and iteration. */
  doneFor(executionId: string): Record<string, number> {
    const own = [...this.counts].filter(([key]) => key.startsWith(`${executionId}/`));
    return Object.fromEntries(own.map(([key, count]) => [key.slice(executionId.length + 1), count]));
  }

  /** Whether a try of the execution was answered with a failure. */
  hasFailed(executionId: string): boolean {
    return [...this.failed].some((key) => key.startsWith(`${executionId}/`));
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((stopped) => this.server.close(() => stopped()));
  }

  private holding(step: string): ServerResponse[] {
    return this.held.get(step) ?? [];
  }
}

function done(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
}
