import type { Agent, Dispatcher } from 'undici';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { boundSql, type SqlDialect } from '../sql/bound-sql';
import { ResultRows, USUAL_ROWS } from '../sql/result-rows';
import { withinDeadline } from '../support/deadline';
import { httpAgent, MIB, readBytes, sendBy } from '../support/http-agent';
import { httpFailure } from '../support/http-failure';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { messageOf, readRows } from './influxdb-answer';
import {
  checkRequest,
  credentialsOf,
  queryRequest,
  writeRequest,
  type InfluxdbConfig,
  type InfluxdbRequest,
} from './influxdb-config';
import { lineOf, type Point, type PointOptions } from './line-protocol';

/** Milliseconds. */
const LONGEST_CHECK = 10_000;

/** Parameters are members of `params`; the language knows no placeholders for names. */
const INFLUXQL: SqlDialect = {
  placeholder: (n) => `$hub${n}`,
  positional: false,
  quote: (name) => `"${name.replace(/[\\"]/g, '\\$&')}"`,
};

interface WriteConfig extends PointOptions {
  points: Point[];
}

/** Points and statements to one server, over HTTP. */
export class InfluxdbSession implements Session {
  private readonly agent: Agent;
  private readonly where: string;

  constructor(
    private readonly config: InfluxdbConfig,
    outbound: OutboundRules,
  ) {
    this.where = new URL(config.url).host;
    this.agent = httpAgent(outbound, this.timeoutMs, config.tls);
  }

  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const timeoutMs = options.timeoutMs ?? this.timeoutMs;
    return functionType === 'influxdb.write'
      ? this.write(config as unknown as WriteConfig, timeoutMs, options.signal)
      : this.query(config, timeoutMs, options);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.ask(checkRequest(this.config), new ResultRows(1), Math.min(this.timeoutMs, LONGEST_CHECK), signal);
  }

  secrets(): readonly string[] {
    const credentials = credentialsOf(this.config);
    return credentials === undefined ? [] : [credentials.replace(/^\w+ /, '')];
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private get timeoutMs(): number {
    return this.config.timeoutMs ?? DEFAULT_TIMEOUT;
  }

  private async write({ points, ...options }: WriteConfig, timeoutMs: number, signal: AbortSignal): Promise<JsonValue> {
    const lines = points.map((point, index) => lineOf(point, `points[${index}]`, options));
    const request = writeRequest(this.config, lines.join('\n'));
    await this.exchange(request, timeoutMs, signal, ({ body }) => body.dump());
    return { written: points.length };
  }

  private async query(config: JsonObject, timeoutMs: number, { signal, parameters }: CallOptions): Promise<JsonValue> {
    const { text, values } = boundSql(config['sql'] as string, parameters, INFLUXQL);
    const named = Object.fromEntries(values.map((value, index) => [`hub${index + 1}`, value]));
    const rows = new ResultRows((config['maxRows'] as number | undefined) ?? USUAL_ROWS);
    await this.ask(queryRequest(this.config, text, named), rows, timeoutMs, signal);
    return rows.toJson();
  }

  private ask(request: InfluxdbRequest, rows: ResultRows, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return this.exchange(request, timeoutMs, signal, ({ body }) => readRows(body, rows, this.where));
  }

  private async exchange<T>(
    request: InfluxdbRequest,
    timeoutMs: number,
    signal: AbortSignal,
    read: (answer: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    try {
      return await withinDeadline({ timeoutMs, signal, where: this.where }, async (limited) => {
        const answer = await sendBy(this.agent, { ...request, signal: limited });
        if (answer.statusCode >= 200 && answer.statusCode < 300) return read(answer);
        throw await this.refusalOf(answer);
      });
    } catch (error) {
      throw httpFailure(error, this.where);
    }
  }

  private async refusalOf({ statusCode, body }: Dispatcher.ResponseData): Promise<ConnectorError> {
    const message = messageOf((await readBytes(body, MIB)).toString());
    return new ConnectorError(`${this.where}: ${message || 'the server refused'} (${statusCode})`, {
      retryable: statusCode === 429 || statusCode >= 500,
    });
  }
}
