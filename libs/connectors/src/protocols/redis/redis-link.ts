import type { Redis } from 'ioredis';
import type { Socket } from 'node:net';
import type { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { openStream } from '../support/stream';
import type { RedisConfig } from './redis-config';
import { failureOf } from './redis-failure';

const DEFAULT_CONNECT_SECONDS = 30;

/** One connection to the server, until it is gone. */
export class RedisLink {
  private failure: Error | undefined;
  private closing = false;
  private readonly ended = Promise.withResolvers<never>();
  /** Told once when the connection is gone by itself. */
  onLost: (reason: ConnectorError) => void = () => undefined;

  private constructor(
    readonly client: Redis,
    private readonly stream: Socket,
    readonly where: string,
  ) {
    this.ended.promise.catch(() => undefined);
    client.on('error', (error: Error) => (this.failure ??= error));
    stream.once('close', () => this.gone());
  }

  /** Resolves once the server has let us in. @throws ConnectorError */
  static async open(config: RedisConfig, context: SessionContext): Promise<RedisLink> {
    const { host, port = 6379, tls } = config;
    const where = `${host}:${port}`;
    const timeoutMs = (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_SECONDS) * 1_000;
    try {
      return await withinDeadline({ timeoutMs, signal: context.signal, where }, async (signal) => {
        const stream = await openStream(context.outbound, { host, port, tls: tls?.enabled ? tls : undefined }, signal);
        const link = new RedisLink(await clientOver(stream), stream, where);
        try {
          await link.ask(timeoutMs, signal, (client) => letIn(client, config));
          return link;
        } catch (error) {
          link.close();
          throw error;
        }
      });
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  /** What the server answers, unless the connection ends before. @throws ConnectorError */
  async ask<T>(timeoutMs: number, signal: AbortSignal | undefined, work: (client: Redis) => Promise<T>): Promise<T> {
    const { where } = this;
    try {
      return await withinDeadline({ timeoutMs, signal, where }, () =>
        Promise.race([work(this.client), this.ended.promise]),
      );
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  close(): void {
    this.closing = true;
    this.client.disconnect();
    this.stream.destroy();
  }

  private gone(): void {
    const reason = failureOf(this.failure ?? new Error('closed'), this.where);
    const { closing } = this;
    this.close();
    this.ended.reject(reason);
    if (!closing) this.onLost(reason);
  }
}

/** A client over a stream that is connected already, which never makes another. */
async function clientOver(stream: Socket): Promise<Redis> {
  const { AbstractConnector, Redis: Client } = await import('ioredis');
  class OneStream extends AbstractConnector {
    constructor() {
      super(0);
    }

    connect(): Promise<Socket> {
      return Promise.resolve((this.stream = stream));
    }
  }
  const client = new Client({
    Connector: OneStream,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    // By us, so that a refusal is an answer.
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** @throws Error of the library where the server does not let us in, or is not ready. */
async function letIn(client: Redis, { username, password, database = 0 }: RedisConfig): Promise<void> {
  if (password !== undefined) await client.call('AUTH', username === undefined ? [password] : [username, password]);
  if (database !== 0) await client.select(database);
  await client.ping();
}
