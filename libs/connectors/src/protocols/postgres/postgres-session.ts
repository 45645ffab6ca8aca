import type { JsonObject, SessionContext, Subscriber, Subscription } from '../protocol';
import { SqlSession } from '../sql/sql-session';
import { Inlet } from '../support/inlet';
import { decodePayload } from '../support/payload';
import { POSTGRES, PostgresClient } from './postgres-client';
import { hostOf, portOf, type ListenConfig, type PostgresConfig } from './postgres-config';
import { failureOf } from './postgres-failure';

/** Milliseconds that a connection which listens has to answer. */
const LONGEST_ASKING = 10_000;
/** The server closes connections that were idle for as long as it allows: that is no loss. */
const IDLE_SESSION_TIMEOUT = '57P05';

/** Statements to one database, and channels that are listened to, each by a connection of its own. */
export class PostgresSession extends SqlSession<PostgresClient> {
  private readonly listeners = new Set<PostgresClient>();

  constructor(
    config: PostgresConfig,
    private readonly context: SessionContext,
  ) {
    const where = `${hostOf(config)}:${portOf(config)}`;
    const gone = (client: PostgresClient, error: Error): void => {
      this.pool.forget(client);
      const listened = this.listeners.delete(client);
      if (!listened && (error as { code?: string }).code === IDLE_SESSION_TIMEOUT) return;
      context.lost(this.lossOf(error));
    };
    super({
      where,
      timeoutMs: config.timeoutMs,
      dialect: POSTGRES,
      connect: (signal) => PostgresClient.connect(config, context.outbound, gone, signal),
      failureOf: (error) => failureOf(error, where),
    });
  }

  /** Those that listen are asked too: they would not notice by themselves that nobody is there any more. */
  override async check(signal: AbortSignal): Promise<void> {
    await super.check(signal);
    await this.within(LONGEST_ASKING, signal, () => Promise.all([...this.listeners].map((client) => client.ping())));
  }

  async subscribe(_: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const { channels, format } = config as unknown as ListenConfig;
    const client = await this.connect(this.context.signal);
    const inlet = new Inlet(subscriber);
    this.listeners.add(client);
    const close = (): Promise<void> => {
      inlet.close();
      this.listeners.delete(client);
      client.end();
      return Promise.resolve();
    };
    try {
      await this.within(LONGEST_ASKING, undefined, () =>
        client.listen(channels, ({ channel, payload = '', processId }) => {
          try {
            const decoded = decodePayload(Buffer.from(payload), format);
            inlet.push({ payload: decoded.payload, key: channel, more: { channel, processId } });
          } catch {
            subscriber.dropped(1);
          }
        }),
      );
    } catch (error) {
      await close();
      throw error;
    }
    return { close };
  }

  override async close(): Promise<void> {
    for (const client of this.listeners) client.end();
    this.listeners.clear();
    await super.close();
  }
}
