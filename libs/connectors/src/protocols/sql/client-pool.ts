import { ConnectorError } from '../../calls/connector-error';

/** Connections to a server at the same time, of one session. */
const MOST_CLIENTS = 10;
/** Milliseconds after which a connection that nobody uses is closed; one stays. */
const IDLE_MS = 30_000;

/** One connection to a database server. */
export interface PooledClient {
  /** Nothing went wrong with it, and nothing is left open in it. */
  readonly usable: boolean;
  /** Asks the server, on another way, to stop what it does for this client. Never fails, and ends within seconds. */
  cancel(): void;
  /** Closes politely where that is possible, and in any case within seconds. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

interface Waiting {
  begin(): void;
  fail(error: Error): void;
}

/**
 * A few connections that calls share. The pools of the client libraries know no signals: here waiting and connecting end
 * with the call, and a statement whose call has ended is stopped at the server.
 */
export class ClientPool<C extends PooledClient> {
  private readonly all = new Set<C>();
  private readonly idle: { client: C; timer: NodeJS.Timeout }[] = [];
  private readonly waiting: Waiting[] = [];
  private working = 0;
  private readonly ended = new AbortController();

  /** @param connect gives a connected client, or fails by the time the signal aborts. */
  constructor(private readonly connect: (signal: AbortSignal) => Promise<C>) {}

  /** Works with a client of its own. What the work does after the signal's abort is nobody's concern. */
  async use<T>(signal: AbortSignal, work: (client: C) => Promise<T>): Promise<T> {
    await this.turn(signal);
    try {
      const client = await this.take(signal);
      return await this.with(client, signal, work);
    } finally {
      this.working--;
      this.waiting.shift()?.begin();
    }
  }

  /** The server has closed it, or it is of no more use. */
  forget(client: C): void {
    this.all.delete(client);
    const index = this.idle.findIndex((known) => known.client === client);
    if (index >= 0) clearTimeout(this.idle.splice(index, 1)[0]!.timer);
  }

  /** Ends what is under way. */
  close(): void {
    this.ended.abort();
    for (const waiting of this.waiting.splice(0)) waiting.fail(closing());
    for (const { client, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      this.all.delete(client);
      client.end();
    }
    for (const client of this.all) this.discard(client);
  }

  private async with<T>(client: C, signal: AbortSignal, work: (client: C) => Promise<T>): Promise<T> {
    const stopped = Promise.withResolvers<never>();
    const stop = (): void => {
      this.discard(client);
      stopped.reject(new Error('the call has ended'));
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return await Promise.race([work(client), stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.giveBack(client);
    }
  }

  private turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.closed) throw closing();
    if (this.working < MOST_CLIENTS) {
      this.working++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', leave);
          this.working++;
          resolve();
        },
        fail: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
    });
  }

  private async take(signal: AbortSignal): Promise<C> {
    for (let known = this.idle.pop(); known; known = this.idle.pop()) {
      clearTimeout(known.timer);
      if (known.client.usable) return known.client;
      this.discard(known.client);
    }
    const client = await this.connected(signal);
    this.all.add(client);
    return client;
  }

  private async connected(signal: AbortSignal): Promise<C> {
    try {
      const client = await this.connect(AbortSignal.any([signal, this.ended.signal]));
      if (!this.closed) return client;
      client.destroy();
    } catch (error) {
      if (!this.closed) throw error;
    }
    throw closing();
  }

  private get closed(): boolean {
    return this.ended.signal.aborted;
  }

  private giveBack(client: C): void {
    if (!this.all.has(client)) return;
    if (this.closed || !client.usable) {
      this.all.delete(client);
      client.end();
      return;
    }
    const timer = setTimeout(() => {
      if (this.all.size === 1) return;
      this.forget(client);
      client.end();
    }, IDLE_MS).unref();
    this.idle.push({ client, timer });
  }

  private discard(client: C): void {
    this.all.delete(client);
    client.cancel();
    client.destroy();
  }
}

const closing = (): ConnectorError => new ConnectorError('The connection was closed', { retryable: true });
