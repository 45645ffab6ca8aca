import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelModel, Options, SocketOptions } from 'amqplib';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, SessionContext, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { encodePayload } from '../support/payload';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { tlsOptions } from '../support/tls';
import { PublishChannels } from './rabbitmq-channels';
import type { PublishConfig, RabbitConfig } from './rabbitmq-config';
import { RabbitConsumer } from './rabbitmq-consumer';
import { failureOf } from './rabbitmq-failure';

const DEFAULT_CONNECT_SECONDS = 30;
const DEFAULT_HEARTBEAT = 30;
const LARGEST_PAYLOAD = 10 * 1024 * 1024;
/** Milliseconds. */
const LONGEST_CHECK = 10_000;
const GOODBYE_MS = 2_000;

/** One connection to the broker, with channels for publishing and one for each subscription. */
export class RabbitSession implements Session {
  private readonly channels: PublishChannels;
  private failure: Error | undefined;
  private closing = false;
  /** Why the broker takes no messages for the time being. */
  private blocked: string | undefined;

  private constructor(
    private readonly config: RabbitConfig,
    private readonly context: SessionContext,
    private readonly connection: ChannelModel,
    private readonly where: string,
  ) {
    this.channels = new PublishChannels(connection, where);
    connection.on('error', (error) => (this.failure ??= error));
    connection.on('close', (error) => this.lost(this.failure ?? error ?? new Error('closed')));
    connection.on('blocked', (reason) => (this.blocked = reason));
    connection.on('unblocked', () => (this.blocked = undefined));
  }

  static async open(config: RabbitConfig, context: SessionContext): Promise<RabbitSession> {
    const { host, port = config.tls?.enabled ? 5671 : 5672 } = config;
    const where = `${host}:${port}`;
    const timeoutMs = (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_SECONDS) * 1_000;
    const amqp = await import('amqplib');
    /** Destroys the socket, which the library hands out with the connection alone. */
    const givenUp = new AbortController();
    try {
      context.outbound.requireAllowed(host);
      const connection = await withinDeadline({ timeoutMs, signal: context.signal, where }, () =>
        amqp.connect(...addressOf(config, port, timeoutMs, { ...context, signal: givenUp.signal })),
      );
      return new RabbitSession(config, context, connection, where);
    } catch (error) {
      givenUp.abort();
      throw failureOf(error, where);
    }
  }

  async call(_functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const wanted = config as unknown as PublishConfig;
    const { exchange = '', routingKey = '', payload, payloadFormat } = wanted;
    const { where } = this;
    const content = encodePayload(payload, payloadFormat);
    if (content.length > LARGEST_PAYLOAD) throw new ConnectorError('A message may have 10 MiB at most');
    if (this.blocked !== undefined) {
      throw new ConnectorError(`${where}: takes no messages now: ${this.blocked}`, { retryable: true });
    }
    const properties = propertiesOf(wanted, options.idempotencyKey);
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    await withinDeadline({ timeoutMs, signal: options.signal, where }, (signal) =>
      this.channels.publish(exchange, routingKey, content, properties, signal),
    );
    const { messageId } = properties;
    return { exchange, routingKey, bytes: content.length, ...(messageId !== undefined && { messageId }) };
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.within(LONGEST_CHECK, signal, async () => {
      const channel = await this.connection.createChannel();
      await channel.close();
    });
  }

  async subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const timeoutMs = this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(timeoutMs, undefined, async () => {
      const channel = await this.connection.createChannel();
      channel.on('error', () => undefined);
      return RabbitConsumer.start(channel, config, subscriber, (reason) => this.lost(reason));
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    const closed = this.connection.close().catch(() => undefined);
    await Promise.race([closed, delay(GOODBYE_MS, undefined, { ref: false })]);
    // An error, since a plain end would leave the library's heartbeat running.
    streamOf(this.connection).destroy(new Error('closed'));
  }

  private lost(reason: Error): void {
    if (this.closing) return;
    this.closing = true;
    this.context.lost(failureOf(reason, this.where));
  }

  private async within<T>(timeoutMs: number, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const { where } = this;
    try {
      return await withinDeadline({ timeoutMs, signal, where }, work);
    } catch (error) {
      throw failureOf(error, where);
    }
  }
}

function addressOf(
  { host, vhost = '/', username = 'guest', password = 'guest', tls, heartbeatSeconds }: RabbitConfig,
  port: number,
  timeout: number,
  { outbound, connectionId, signal }: Pick<SessionContext, 'outbound' | 'connectionId' | 'signal'>,
): [Options.Connect, SocketOptions] {
  const address = {
    protocol: tls?.enabled ? 'amqps' : 'amqp',
    hostname: host,
    port,
    // The library decodes it.
    vhost: encodeURIComponent(vhost),
    username,
    password,
    heartbeat: heartbeatSeconds ?? DEFAULT_HEARTBEAT,
  };
  const clientProperties = { connection_name: `maestrohub-${connectionId}` };
  const { lookup } = outbound;
  const options = { ...(tls && tlsOptions(tls)), lookup, signal, timeout, noDelay: true, keepAlive: true };
  return [address, { ...options, clientProperties }];
}

function propertiesOf(config: PublishConfig, idempotencyKey: string | undefined): Options.Publish {
  const { payload, mandatory = true, persistent = true, expirationMs, messageId = idempotencyKey } = config;
  const { contentType = typeof payload === 'string' ? undefined : 'application/json' } = config;
  const { correlationId, replyTo, type, priority, headers } = config;
  return {
    mandatory,
    persistent,
    timestamp: Math.floor(Date.now() / 1_000),
    ...(expirationMs !== undefined && { expiration: expirationMs }),
    ...(messageId !== undefined && { messageId }),
    ...(contentType !== undefined && { contentType }),
    ...(correlationId !== undefined && { correlationId }),
    ...(replyTo !== undefined && { replyTo }),
    ...(type !== undefined && { type }),
    ...(priority !== undefined && { priority }),
    ...(headers && { headers }),
  };
}

/** The library ends a connection by asking the other side, which may not answer. */
const streamOf = (connection: ChannelModel): Duplex => (connection.connection as unknown as { stream: Duplex }).stream;
