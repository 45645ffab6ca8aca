import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { networkFailure } from '../support/network-failure';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { boundSql, type BoundSql, type SqlDialect } from './bound-sql';
import { ClientPool, type PooledClient } from './client-pool';
import { TooMuchReceived, Unreadable } from './guarded-stream';
import type { InsertConfig } from './insert-sql';
import { MOST_ROWS, ResultRows, USUAL_ROWS } from './result-rows';

/** Milliseconds. */
const LONGEST_CONNECT = 10_000;
const LONGEST_CHECK = 10_000;

/** A connection that runs statements. What it throws is told by the session's `failureOf`. */
export interface SqlClient extends PooledClient {
  /** Reads rows until there are enough, in a transaction that cannot write where the server knows such. */
  query(sql: BoundSql, rows: ResultRows): Promise<void>;
  /** Runs the statement to its end; rows that it returns are kept, the first of them. Gives what is told beside them. */
  execute(sql: BoundSql, rows: ResultRows): Promise<JsonObject>;
  /** All of the rows or none. */
  insert(config: InsertConfig): Promise<JsonObject>;
  ping(): Promise<void>;
}

export interface SqlSessionOptions<C extends SqlClient> {
  /** Host and port, for messages. */
  where: string;
  timeoutMs?: number | undefined;
  dialect: SqlDialect;
  connect(signal: AbortSignal): Promise<C>;
  /** A failure of the protocol itself for people; others are bugs. */
  failureOf(error: unknown): ConnectorError | undefined;
}

/** Statements to one server, over a few connections that are kept. */
export class SqlSession<C extends SqlClient> implements Session {
  protected readonly pool: ClientPool<C>;

  constructor(protected readonly options: SqlSessionOptions<C>) {
    this.pool = new ClientPool((signal) => this.connect(signal));
  }

  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const timeoutMs = options.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(timeoutMs, options.signal, (signal) =>
      this.pool.use(signal, (client) => this.run(client, functionType.split('.')[1]!, config, options)),
    );
  }

  check(signal: AbortSignal): Promise<void> {
    const timeoutMs = Math.min(this.options.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    return this.within(timeoutMs, signal, (limited) => this.pool.use(limited, (client) => client.ping()));
  }

  close(): Promise<void> {
    this.pool.close();
    return Promise.resolve();
  }

  /** A client beside those of the calls, or one of them. */
  protected connect(signal: AbortSignal): Promise<C> {
    const timeoutMs = Math.min(this.options.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CONNECT);
    return this.within(timeoutMs, signal, (limited) => this.options.connect(limited));
  }

  protected async within<T>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withinDeadline({ timeoutMs, signal, where: this.options.where }, work);
    } catch (error) {
      throw this.failureOf(error);
    }
  }

  /** Why a connection went by itself. */
  protected lossOf(error: unknown): ConnectorError {
    const known = this.failureOf(error);
    if (known instanceof ConnectorError) return known;
    return new ConnectorError(`${this.options.where}: the connection was lost`, { retryable: true });
  }

  private failureOf(error: unknown): unknown {
    const { where } = this.options;
    const { cause } = (error ?? {}) as { cause?: unknown };
    for (const known of [error, cause]) {
      if (known instanceof TooMuchReceived) return new ConnectorError(`${where}: the answer is too large`);
      // Parsers throw these, and client libraries hand some of them on.
      if (known instanceof Unreadable || (known as Error | undefined)?.name === 'RangeError') {
        return new ConnectorError(`${where}: the server does not speak this protocol`, { retryable: true });
      }
    }
    return networkFailure(error, where) ?? this.options.failureOf(error) ?? error;
  }

  private async run(client: C, verb: string, config: JsonObject, { parameters }: CallOptions): Promise<JsonValue> {
    if (verb === 'insert') return client.insert(config as unknown as InsertConfig);
    const sql = boundSql(config['sql'] as string, parameters, this.options.dialect);
    if (verb === 'query') {
      const rows = new ResultRows((config['maxRows'] as number | undefined) ?? USUAL_ROWS);
      await client.query(sql, rows);
      return rows.toJson();
    }
    const rows = new ResultRows(MOST_ROWS);
    const told = await client.execute(sql, rows);
    return rows.fields.length > 0 ? { ...told, ...rows.toJson() } : told;
  }
}
