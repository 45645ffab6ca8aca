import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type * as Tedious from 'tedious';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import type { JsonObject } from '../protocol';
import type { BoundSql, SqlDialect } from '../sql/bound-sql';
import { catchThrown, StreamGuard, Unreadable } from '../sql/guarded-stream';
import { insertStatements, type InsertConfig } from '../sql/insert-sql';
import { ResultRows } from '../sql/result-rows';
import type { SqlClient } from '../sql/sql-session';
import { clientOptions, type MssqlConfig } from './mssql-config';
import { boundValue, sizeOf, typeName, valueOf, type MssqlColumn } from './mssql-values';

/** Milliseconds. */
const LONGEST_CONNECT = 10_000;
const LONGEST_FAREWELL = 1_000;
/** Of a statement: the server takes 2,100 parameters, some of which are the client's own, and 1,000 rows of VALUES. */
const MOST_PLACES = 2_000;
const MOST_ROWS_EACH = 1_000;

export const MSSQL: SqlDialect = {
  placeholder: (n) => `@hub${n}`,
  positional: false,
  quote: (name) => `[${name.replaceAll(']', ']]')}]`,
};

/** What clients are made by. */
export interface MssqlWay {
  library: typeof Tedious;
  config: MssqlConfig;
  outbound: OutboundRules;
  /** Told once when the connection goes by itself. */
  lost(this: void, client: MssqlClient, error: Error): void;
}

interface Cell {
  value: unknown;
}

/** Where the client library connects to: its types do not tell that it says so, also where a server sends it elsewhere. */
type Connector = (to: { host: string; port: number }, lookup: unknown, signal: AbortSignal) => Promise<Socket>;

/** One connection to a SQL Server. */
export class MssqlClient implements SqlClient {
  private gone = false;
  private running = false;

  private constructor(
    private readonly connection: Tedious.Connection,
    private readonly guard: StreamGuard,
    private readonly way: MssqlWay,
  ) {
    const lost = (error: Error): void => {
      if (this.gone) return;
      this.gone = true;
      way.lost(this, error);
    };
    connection.on('error', lost);
    connection.on('end', () => lost(Object.assign(new Error('the connection was closed'), { code: 'ECLOSE' })));
  }

  /** A client that is let in. @throws Error of the network, or of tedious */
  static async connect(way: MssqlWay, signal: AbortSignal): Promise<MssqlClient> {
    const guard = new StreamGuard();
    let socket: Socket | undefined;
    const connector: Connector = async ({ host, port }, _, ended) => {
      socket = await way.outbound.socket(host, port, AbortSignal.any([signal, ended]));
      guard.watch(socket);
      return socket;
    };
    const { options, ...config } = clientOptions(way.config, LONGEST_CONNECT);
    const connection = new way.library.Connection({
      ...config,
      options: { ...options, connector: connector as () => Promise<Socket> },
    });
    guardTokens(connection, (error) => socket?.destroy(error));
    const connected = Promise.withResolvers<void>();
    const abort = (): void => connected.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    connection.connect((error) => (error ? connected.reject(error) : connected.resolve()));
    connection.on('error', connected.reject);
    try {
      await connected.promise;
      return new MssqlClient(connection, guard, way);
    } catch (error) {
      // A socket that closes without an error leaves the client library waiting for its answer.
      socket?.destroy(new Error('the attempt was given up'));
      connection.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get usable(): boolean {
    return !this.gone && !this.running;
  }

  async query(sql: BoundSql, rows: ResultRows): Promise<void> {
    await this.busy(() => this.read(sql, rows, false));
  }

  execute(sql: BoundSql, rows: ResultRows): Promise<JsonObject> {
    return this.busy(async () => ({ affectedRows: await this.read(sql, rows, true) }));
  }

  insert(config: InsertConfig): Promise<JsonObject> {
    return this.busy(async () => {
      const statements = insertStatements(config, MSSQL, { values: MOST_PLACES, rows: MOST_ROWS_EACH });
      await this.settled<void>((done) => this.connection.beginTransaction((error) => done(error)));
      let affectedRows = 0;
      try {
        for (const statement of statements) affectedRows += await this.run(statement, new ResultRows(0), true);
        await this.settled<void>((done) => this.connection.commitTransaction((error) => done(error)));
      } catch (error) {
        // What the server has not undone by itself it undoes when the connection is closed.
        this.destroy();
        throw error;
      }
      return { affectedRows };
    });
  }

  async ping(): Promise<void> {
    await this.busy(() => this.run({ text: 'SELECT 1', values: [] }, new ResultRows(1), true));
  }

  /** Sent on the same connection, which is closed a moment later. */
  cancel(): void {
    if (this.running) this.connection.cancel();
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    if (!this.running) this.connection.close();
    else setTimeout(() => this.connection.close(), LONGEST_FAREWELL).unref();
  }

  private async read(sql: BoundSql, rows: ResultRows, toItsEnd: boolean): Promise<number> {
    const affected = await this.run(sql, rows, toItsEnd);
    if (toItsEnd && rows.tooLarge) throw new ConnectorError('The statement returns more than 10 MiB');
    if (!(this.connection as unknown as { inTransaction: boolean }).inTransaction) return affected;
    this.destroy();
    throw new ConnectorError('A transaction cannot span several calls; it was undone');
  }

  /** @param toItsEnd the rows that are too many are read too. */
  private run({ text, values }: BoundSql, rows: ResultRows, toItsEnd: boolean): Promise<number> {
    const { Request, TYPES } = this.way.library;
    return this.settled((done) => {
      let results = 0;
      let types: string[] = [];
      let enough = false;
      // One that was left because there are enough rows has done what it was asked to.
      const request = new Request(text, (error, count) => done(enough ? undefined : error, count ?? 0));
      values.forEach((value, index) => {
        const bound = boundValue(value);
        request.addParameter(`hub${index + 1}`, TYPES[bound.type], bound.value);
      });
      request.on('columnMetadata', (columns) => {
        if (++results > 1) return;
        const described = columns as unknown as MssqlColumn[];
        types = described.map(typeName);
        rows.describe(described.map(({ colName }, index) => ({ name: colName, type: types[index]! })));
      });
      request.on('row', (cells: Cell[]) => {
        // A batch may have several results; the first one counts.
        if (results > 1 || enough) return;
        const row = cells.map(({ value }) => value);
        rows.add(sizeOf(row), () => row.map((value, index) => valueOf(types[index]!, value)));
        if (!rows.tooLarge && (toItsEnd || !rows.truncated)) return;
        enough = true;
        this.connection.cancel();
      });
      this.connection.execSql(request);
    });
  }

  private settled<T>(begin: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    begin((error, value) => (error ? reject(error) : resolve(value as T)));
    return promise;
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

interface Internals {
  createTokenStreamParser(message: unknown, handler: unknown): EventEmitter & { parser: Readable };
}

/**
 * The client library reads an answer by a stream of tokens that nobody listens to the errors of: a server that sends nonsense
 * would end this process. They end the connection instead.
 */
function guardTokens(connection: Tedious.Connection, fail: (error: Error) => void): void {
  const internals = connection as unknown as Internals;
  const create = internals.createTokenStreamParser.bind(connection);
  internals.createTokenStreamParser = (message, handler) => {
    const tokens = create(message, handler);
    tokens.parser.on('error', (cause) => {
      const error = new Unreadable('the answer cannot be read', { cause });
      // Who waits for its end, while logging in, would wait for ever.
      if (tokens.listenerCount('error') > 0) tokens.emit('error', error);
      fail(error);
    });
    catchThrown(tokens.parser, (error) => tokens.parser.destroy(error));
    return tokens;
  };
}
