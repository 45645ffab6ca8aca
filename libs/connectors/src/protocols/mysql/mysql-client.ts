import type { Duplex } from 'node:stream';
import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { quotedName, type BoundSql, type SqlDialect } from '../sql/bound-sql';
import { StreamGuard } from '../sql/guarded-stream';
import { columnsOf, insertStatements, type InsertConfig } from '../sql/insert-sql';
import { MOST_ROWS, ResultRows } from '../sql/result-rows';
import type { SqlClient } from '../sql/sql-session';
import { hostOf, portOf, prefersTls, timeZoneOf, tlsOf } from './mysql-config';
import { offersNoTls } from './mysql-failure';
import { optionsOf, type MysqlWay } from './mysql-way';
import { bindable, sizeOf, timeFor, typeName, valueOf, type MysqlField } from './mysql-values';

/** Milliseconds. */
const LONGEST_FAREWELL = 3_000;
const LONGEST_CANCEL = 5_000;
/** A statement has that many placeholders at most. */
const MOST_PLACES = 65_535;
/** Flag of the server's status. */
const IN_TRANSACTION = 1;

export const MYSQL: SqlDialect = {
  placeholder: () => '?',
  positional: true,
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
};

/** One connection to a MySQL or MariaDB server. */
export class MysqlClient implements SqlClient {
  private readonly guard = new StreamGuard();
  private stream: Duplex;
  private gone = false;
  private running = false;
  private writes = true;
  private rowsAtMost: number | undefined;
  /** Fails the statement that runs: the client library tells the connection alone. */
  private fail: ((error: Error) => void) | undefined;

  private constructor(
    private readonly connection: Connection,
    socket: Duplex,
    private readonly way: MysqlWay,
  ) {
    this.stream = socket;
    this.guard.watch(socket);
    // TLS puts another stream there, and tells nobody.
    Object.defineProperty(connection, 'stream', {
      get: () => this.stream,
      set: (stream: Duplex) => {
        this.guard.watch(stream);
        this.stream = stream;
      },
    });
    connection.on('error', (error: Error) => {
      this.fail?.(error);
      if (this.gone) return;
      this.gone = true;
      way.lost(this, error);
    });
  }

  /** A client that is let in. @throws Error of the network, or of mysql2 */
  static async connect(way: MysqlWay, signal: AbortSignal): Promise<MysqlClient> {
    try {
      return await MysqlClient.connectBy(way, tlsOf(way.config), signal);
    } catch (error) {
      if (!prefersTls(way.config) || !offersNoTls(error)) throw error;
      return MysqlClient.connectBy(way, undefined, signal);
    }
  }

  private static async connectBy(
    way: MysqlWay,
    ssl: ConnectionOptions['ssl'],
    signal: AbortSignal,
  ): Promise<MysqlClient> {
    const { config, outbound, create } = way;
    const socket = await outbound.socket(hostOf(config), portOf(config), signal);
    const connected = Promise.withResolvers<void>();
    const quiet = { ...way, lost: (_: MysqlClient, error: Error) => connected.reject(error) };
    const connection = create({ ...optionsOf(config), stream: socket, ...(ssl && { ssl }) });
    const client = new MysqlClient(connection, socket, quiet);
    connection.once('connect', () => connected.resolve());
    const abort = (): void => connected.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await connected.promise;
      quiet.lost = way.lost;
      await Promise.race([client.run(`SET time_zone = '${timeZoneOf(config)}'`), aborted(signal)]);
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get usable(): boolean {
    return !this.gone && !this.running;
  }

  query(sql: BoundSql, rows: ResultRows): Promise<void> {
    return this.busy(async () => {
      await this.limitRows(rows.most + 1);
      // Each time, since a statement may change it. Of a transaction alone MariaDB would let DROP TABLE out.
      await this.run('SET SESSION TRANSACTION READ ONLY');
      this.writes = false;
      this.requireNoTransaction(await this.read(sql, rows, false));
    });
  }

  execute(sql: BoundSql, rows: ResultRows): Promise<JsonObject> {
    return this.busy(async () => {
      await this.limitRows(MOST_ROWS + 1);
      await this.allowWrites();
      const header = await this.read(sql, rows, true);
      if (rows.tooLarge) throw new ConnectorError('The statement returns more than 10 MiB');
      this.requireNoTransaction(header);
      const { affectedRows = rows.seen, insertId = 0 } = header ?? {};
      return { affectedRows, ...(insertId !== 0 && { insertId }) };
    });
  }

  insert(config: InsertConfig): Promise<JsonObject> {
    return this.busy(async () => {
      const types = await this.typesOf(config);
      await this.allowWrites();
      const statements = insertStatements(config, MYSQL, { values: MOST_PLACES, rows: MOST_ROWS });
      await this.run('START TRANSACTION');
      let affectedRows = 0;
      try {
        for (const { text, values } of statements) {
          const timed = values.map((value, index) => timeFor(types[index % types.length]!, value, this.timeZone));
          affectedRows += (await this.read({ text, values: timed }, new ResultRows(0), true))?.affectedRows ?? 0;
        }
        await this.run('COMMIT');
      } catch (error) {
        if (!this.gone) await this.run('ROLLBACK');
        throw error;
      }
      return { affectedRows };
    });
  }

  async ping(): Promise<void> {
    await this.busy(() => this.run('SELECT 1'));
  }

  /** By a connection of its own. */
  cancel(): void {
    const { threadId } = this.connection;
    if (!this.running || !threadId) return;
    const signal = AbortSignal.timeout(LONGEST_CANCEL);
    void MysqlClient.connect({ ...this.way, lost: () => undefined }, signal)
      .then(async (other) => {
        const stop = (): void => other.destroy();
        signal.addEventListener('abort', stop, { once: true });
        await other.run(`KILL QUERY ${threadId}`).finally(stop);
      })
      .catch(() => undefined);
  }

  end(): void {
    this.gone = true;
    const timer = setTimeout(() => this.destroy(), LONGEST_FAREWELL).unref();
    this.stream.once('close', () => clearTimeout(timer));
    this.connection.end(() => this.destroy());
  }

  destroy(): void {
    this.gone = true;
    this.connection.destroy();
    this.stream.destroy();
    this.fail?.(new ConnectorError('The connection was closed', { retryable: true }));
  }

  private get timeZone(): string {
    return timeZoneOf(this.way.config);
  }

  /** The server itself stops a SELECT that says no limit. */
  private async limitRows(count: number): Promise<void> {
    if (this.rowsAtMost === count) return;
    await this.run(`SET sql_select_limit = ${count}`);
    this.rowsAtMost = count;
  }

  private async allowWrites(): Promise<void> {
    if (this.writes) return;
    await this.run('SET SESSION TRANSACTION READ WRITE');
    this.writes = true;
  }

  private requireNoTransaction(header: ResultSetHeader | undefined): void {
    if (((header?.serverStatus ?? 0) & IN_TRANSACTION) === 0) return;
    this.destroy();
    throw new ConnectorError('A transaction cannot span several calls; it was undone');
  }

  /** The columns' types, by asking for no row. */
  private async typesOf(config: InsertConfig): Promise<string[]> {
    const columns = columnsOf(config).map((name) => MYSQL.quote(name));
    const rows = new ResultRows(0);
    const text = `SELECT ${columns.join(', ')} FROM ${quotedName(config.table, MYSQL)} LIMIT 0`;
    await this.read({ text, values: [] }, rows, true);
    return rows.fields.map(({ type }) => type);
  }

  /** A statement of ours, by the protocol for texts: some are not known to the other. */
  private run(sql: string): Promise<void> {
    return this.settled((resolve, reject) => {
      this.connection.query(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** @param toItsEnd the rows that are too many are read too. */
  private read({ text, values }: BoundSql, rows: ResultRows, toItsEnd: boolean): Promise<ResultSetHeader | undefined> {
    return this.settled((resolve, reject) => {
      let types: string[] | undefined;
      let results = 0;
      let header: ResultSetHeader | undefined;
      const take = (row: readonly unknown[]): void => {
        // Procedures have several results; the first one counts.
        if (results > 1) return;
        rows.add(sizeOf(row), () => row.map((value, index) => valueOf(types![index]!, value, this.timeZone)));
        if (!rows.tooLarge && (toItsEnd || rows.seen <= rows.most + 1)) return;
        this.cancel();
        resolve(undefined);
        this.destroy();
      };
      const describe = (fields: MysqlField[] | undefined): void => {
        if (!fields || ++results > 1) return;
        types = fields.map(typeName);
        rows.describe(fields.map(({ name }, index) => ({ name, type: types![index]! })));
      };
      this.connection
        .execute({ sql: text, values: values.map(bindable), rowsAsArray: true })
        .on('fields', describe)
        .on('result', (row: JsonValue[] | ResultSetHeader) => (Array.isArray(row) ? take(row) : (header = row)))
        .on('error', reject)
        .on('end', () => resolve(header));
    });
  }

  private settled<T>(begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.fail = reject;
    begin(resolve, reject);
    return promise.finally(() => {
      if (this.fail === reject) this.fail = undefined;
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

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}
