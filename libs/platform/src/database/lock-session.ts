import { setTimeout as delay } from 'node:timers/promises';
import { Client, type QueryResultRow } from 'pg';
import { roleUrl, type DatabaseAccess } from './roles';

const CONNECT_MS = 5_000;
/** A server that does not answer for so long is taken for lost: before it frees our locks, see `SETTINGS`. */
const ANSWER_MS = 15_000;
const BEAT_MS = 1_000;
/** Where the way to the server is gone, a goodbye would take minutes to fail. */
const GOODBYE_MS = 2_000;

/**
 * PostgreSQL must notice a holder whose machine is gone (25 s), and must not end one that is merely quiet. They have no
 * effect on a local socket, which needs none of it.
 */
const SETTINGS = `
  SET idle_session_timeout = 0;
  SET tcp_keepalives_idle = 10;
  SET tcp_keepalives_interval = 5;
  SET tcp_keepalives_count = 3`;

/**
 * A connection of its own as the system role, for advisory locks that hold as long as it does: PostgreSQL frees them the
 * moment the process is gone, and a restart of PostgreSQL frees all of them. Nothing of it is retried: whoever holds
 * locks has to learn that they are lost.
 */
export class LockSession {
  /** Resolves when the connection, and with it every lock, is gone; also after `close`. */
  readonly lost: Promise<void>;
  private readonly ended = Promise.withResolvers<void>();
  private readonly timer: NodeJS.Timeout;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly client: Client) {
    this.lost = this.ended.promise;
    const end = (): void => this.ended.resolve();
    client.once('error', end).once('end', end);
    client.on('error', () => undefined);
    this.timer = setInterval(() => void this.query('SELECT 1').catch(end), BEAT_MS).unref();
  }

  /** @throws Error when the server does not take a connection within 5 s. */
  static async open(config: DatabaseAccess): Promise<LockSession> {
    const client = new Client({
      connectionString: roleUrl(config.database.url, config.secretKey, 'system'),
      application_name: 'maestrohub-locks',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    });
    const session = new LockSession(client);
    try {
      await client.connect();
      await client.query(SETTINGS);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Queries of one session run one after the other. */
  async query<T extends QueryResultRow>(text: string, values?: unknown[]): Promise<T[]> {
    const result = this.last.then(() => this.client.query<T>(text, values));
    this.last = result.catch(() => undefined);
    return (await result).rows;
  }

  /** Gives all locks back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.ended.resolve();
    const said = this.client.end().catch(() => undefined);
    await Promise.race([said, delay(GOODBYE_MS, undefined, { ref: false })]);
  }
}
