import type { Socket } from 'node:net';
import { Client, type ClientConfig, type Notification } from 'pg';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import type { JsonObject } from '../protocol';
import { quotedName, type BoundSql, type SqlDialect } from '../sql/bound-sql';
import { StreamGuard } from '../sql/guarded-stream';
import { columnsOf, type InsertConfig } from '../sql/insert-sql';
import type { ResultRows } from '../sql/result-rows';
import type { SqlClient } from '../sql/sql-session';
import { hostOf, portOf, tlsOf, type PostgresConfig } from './postgres-config';
import { RowReader } from './row-reader';

/** Milliseconds. */
const LONGEST_FAREWELL = 3_000;
const LONGEST_CANCEL = 5_000;

export const POSTGRES: SqlDialect = {
  placeholder: (n) => `$${n}`,
  positional: false,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
};

/** What the client knows of its server process, which its types do not tell. */
interface Backend {
  processID: number | null;
  secretKey: number | null;
}

/** One connection to a PostgreSQL server. */
export class PostgresClient implements SqlClient {
  private readonly guard = new StreamGuard();
  private running = false;
  private gone = false;

  private constructor(
    private readonly client: Client,
    private readonly config: PostgresConfig,
    private readonly outbound: OutboundRules,
    lost: (client: PostgresClient, error: Error) => void,
  ) {
    client.on('error', (error) => {
      if (this.gone) return;
      this.gone = true;
      lost(this, error);
    });
    client.connection.on('sslconnect', () => this.guard.watch(client.connection.stream));
    this.guard.watch(client.connection.stream);
  }

  /**
   * A client that is let in. @param lost told once when the connection goes by itself.
   * @throws Error of the network, or of pg
   */
  static async connect(
    config: PostgresConfig,
    outbound: OutboundRules,
    lost: (client: PostgresClient, error: Error) => void,
    signal: AbortSignal,
  ): Promise<PostgresClient> {
    const socket = await outbound.socket(hostOf(config), portOf(config), signal);
    const client = new PostgresClient(new Client(optionsOf(config, socket)), config, outbound, lost);
    const abort = (): void => client.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await client.client.connect();
      if (config.schema !== undefined) {
        await client.client.query(`SET search_path TO ${POSTGRES.quote(config.schema)}`);
      }
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Not in a transaction that somebody has begun, either. */
  get usable(): boolean {
    return !this.gone && !this.running && this.client.getTransactionStatus() === 'I';
  }

  query(sql: BoundSql, rows: ResultRows): Promise<void> {
    return this.busy(async () => {
      await this.client.query('BEGIN READ ONLY');
      try {
        await this.read(sql, rows, false);
      } finally {
        // There is nothing to keep. A client that is gone says so by the statement's own failure.
        if (!this.gone) await this.client.query('ROLLBACK');
      }
    });
  }

  execute(sql: BoundSql, rows: ResultRows): Promise<JsonObject> {
    return this.busy(async () => {
      const affectedRows = await this.read(sql, rows, true);
      if (rows.tooLarge) throw new ConnectorError('The statement returns more than 10 MiB; it was undone');
      if (this.client.getTransactionStatus() !== 'I') {
        throw new ConnectorError('A transaction cannot span several calls; it was undone');
      }
      return { affectedRows };
    });
  }

  /** One value holds all rows as JSON: the server makes of it what each column is. */
  insert(config: InsertConfig): Promise<JsonObject> {
    const table = quotedName(config.table, POSTGRES);
    const columns = columnsOf(config).map((name) => POSTGRES.quote(name));
    const list = columns.join(', ');
    const text = `INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, $1)`;
    return this.busy(async () => {
      const { rowCount } = await this.client.query(text, [JSON.stringify(config.rows)]);
      return { affectedRows: rowCount ?? 0 };
    });
  }

  async ping(): Promise<void> {
    await this.busy(() => this.client.query('SELECT 1'));
  }

  /** Resolves once what is notified in these channels is heard. */
  async listen(channels: readonly string[], heard: (notification: Notification) => void): Promise<void> {
    this.client.on('notification', (notification) => {
      this.guard.restart();
      heard(notification);
    });
    for (const channel of channels) await this.client.query(`LISTEN ${POSTGRES.quote(channel)}`);
  }

  /** The server is asked by a connection of its own, without TLS: it takes such requests from everybody who knows the key. */
  cancel(): void {
    const { processID, secretKey } = this.client as unknown as Backend;
    if (!this.running || processID === null || secretKey === null) return;
    const request = Buffer.alloc(16);
    [16, 80_877_102, processID, secretKey].forEach((word, index) => request.writeInt32BE(word, index * 4));
    void this.outbound
      .socket(hostOf(this.config), portOf(this.config), AbortSignal.timeout(LONGEST_CANCEL))
      .then((socket) => {
        socket.on('error', () => undefined).setTimeout(LONGEST_CANCEL, () => socket.destroy());
        socket.end(request);
      })
      .catch(() => undefined);
  }

  end(): void {
    this.gone = true;
    const timer = setTimeout(() => this.destroy(), LONGEST_FAREWELL).unref();
    this.client.connection.stream.once('close', () => clearTimeout(timer));
    void this.client.end();
  }

  destroy(): void {
    this.gone = true;
    this.client.connection.stream.destroy();
  }

  private read(sql: BoundSql, rows: ResultRows, toItsEnd: boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const tooLarge = (): void => {
        this.destroy();
        resolve(0);
      };
      const done = (error: Error | undefined, affected: number): void => (error ? reject(error) : resolve(affected));
      this.client.query(new RowReader(withJson(sql), rows, toItsEnd, tooLarge, done));
    });
  }

  private async busy<T>(work: () => Promise<T>): Promise<T> {
    this.guard.restart();
    this.running = true;
    try {
      return await work();
    } finally {
      this.running = false;
    }
  }
}

/** Nothing is left to the environment of this process, which pg would ask otherwise. */
function optionsOf(config: PostgresConfig, socket: Socket): ClientConfig {
  return {
    host: hostOf(config),
    port: portOf(config),
    database: config.database,
    user: config.username,
    password: () => config.password ?? '',
    ssl: tlsOf(config),
    sslnegotiation: 'postgres',
    application_name: 'MaestroHub',
    stream: () => connected(socket),
  };
}

/** The client connects its stream by itself; this one is connected, by the outbound rules. */
function connected(socket: Socket): Socket {
  const connect = (): Socket => {
    setImmediate(() => socket.emit('connect'));
    return socket;
  };
  return Object.assign(socket, { connect });
}

const JSON_PLACE = /\$(\d+)\s*::\s*jsonb?\b/gi;

/** A list is an array to PostgreSQL, except where the statement says that it is JSON: `((list))::jsonb`. */
function withJson({ text, values }: BoundSql): BoundSql {
  const json = new Set([...text.matchAll(JSON_PLACE)].map(([, number]) => Number(number) - 1));
  const bound = values.map((value, index) => (json.has(index) && Array.isArray(value) ? JSON.stringify(value) : value));
  return { text, values: bound };
}
