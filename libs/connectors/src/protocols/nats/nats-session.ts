import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, SessionContext, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { Inlet } from '../support/inlet';
import { decodePayload, encodePayload, type PayloadFormat } from '../support/payload';
import { DEFAULT_TIMEOUT } from '../support/schema';
import type { ConsumeConfig, NatsConfig, PublishConfig, SubscribeConfig } from './nats-config';
import { consumerFor, StreamSubscription } from './nats-consumer';
import { failureOf } from './nats-failure';
import { openLink, type NatsLink } from './nats-link';
import { headersOf, messageOf } from './nats-message';

const LONGEST_CHECK = 10_000;
const GOODBYE_MS = 2_000;
const LARGEST_PAYLOAD = 10 * 1024 * 1024;

/** One connection to a server of NATS, for core messages and JetStream. */
export class NatsSession implements Session {
  private readonly connection: NatsConnection;
  private readonly where: string;
  private closing = false;
  /** Those who want to know what the server does not allow: it tells that by no answer. */
  private readonly refused = new Set<(error: Error) => void>();

  private constructor(
    private readonly config: NatsConfig,
    private readonly context: SessionContext,
    link: NatsLink,
  ) {
    this.connection = link.connection;
    this.where = link.where;
    void this.connection.closed().then((error) => this.lost(error ?? new Error('closed')));
    void this.listenToErrors();
  }

  static async open(config: NatsConfig, context: SessionContext): Promise<NatsSession> {
    return new NatsSession(config, context, await openLink(config, context));
  }

  async call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const wanted = config as unknown as PublishConfig;
    const payload = this.encoded(wanted);
    const headers = await headersFrom(wanted.headers);
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(timeoutMs, options.signal, async (): Promise<JsonValue> => {
      const more = { ...(headers && { headers }) };
      const { subject } = wanted;
      if (functionType === 'nats.publish') {
        const { reply } = wanted;
        this.connection.publish(subject, payload, { ...more, ...(reply !== undefined && { reply }) });
        await this.flushed(subject);
        return { subject, bytes: payload.length };
      }
      if (functionType === 'nats.request') {
        const answer = await this.connection.request(subject, payload, { ...more, timeout: timeoutMs });
        const format = config['answerFormat'] as PayloadFormat | undefined;
        return {
          subject: answer.subject,
          payload: decodePayload(answer.data, format).payload,
          ...(answer.headers && { headers: headersOf(answer.headers) }),
        };
      }
      const { messageId: msgID = options.idempotencyKey } = wanted;
      const { jetstream } = await import('@nats-io/jetstream');
      const kept = await jetstream(this.connection).publish(subject, payload, {
        ...more,
        timeout: timeoutMs,
        ...(msgID !== undefined && { msgID }),
      });
      return { stream: kept.stream, sequence: kept.seq, duplicate: kept.duplicate };
    });
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.within(LONGEST_CHECK, signal, () => this.connection.flush());
  }

  async subscribe(functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    return this.within(this.config.timeoutMs ?? DEFAULT_TIMEOUT, undefined, () =>
      functionType === 'nats.subscribe'
        ? this.listen(config as unknown as SubscribeConfig, subscriber)
        : this.consume(config as unknown as ConsumeConfig, subscriber),
    );
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.race([this.connection.close(), delay(GOODBYE_MS, undefined, { ref: false })]);
  }

  private async listen(
    { subjects, queue, payloadFormat }: SubscribeConfig,
    subscriber: Subscriber,
  ): Promise<Subscription> {
    const inlet = new Inlet(subscriber);
    const subscriptions = [...new Set(subjects)].map((subject) =>
      this.connection.subscribe(subject, {
        ...(queue !== undefined && { queue }),
        callback: (error, message) => {
          if (error) return;
          try {
            inlet.push(messageOf(message, payloadFormat));
          } catch {
            subscriber.dropped(1);
          }
        },
      }),
    );
    const close = (): Promise<void> => {
      subscriptions.forEach((subscription) => subscription.unsubscribe());
      inlet.close();
      return Promise.resolve();
    };
    try {
      await this.flushed(...subjects);
      return { close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  private async consume(config: ConsumeConfig, subscriber: Subscriber): Promise<Subscription> {
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(this.connection);
    const consumer = await consumerFor(manager, config, subscriber.functionId);
    return StreamSubscription.start(consumer, config, subscriber, (reason) => this.lost(reason));
  }

  /** The server has dealt with what was sent. @throws Error where it does not allow one of the subjects. */
  private async flushed(...subjects: string[]): Promise<void> {
    let refusal: Error | undefined;
    const note = (error: Error): void => {
      const { subject } = error as Error & { subject?: string };
      if (subject !== undefined && subjects.includes(subject)) refusal = error;
    };
    this.refused.add(note);
    try {
      await this.connection.flush();
      // What it refused comes to its listeners a turn later.
      await new Promise(setImmediate);
    } finally {
      this.refused.delete(note);
    }
    if (refusal) throw refusal;
  }

  private async listenToErrors(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error') this.refused.forEach((note) => note(status.error));
    }
  }

  private encoded({ payload, payloadFormat }: PublishConfig): Buffer {
    const bytes = payload === undefined ? Buffer.alloc(0) : encodePayload(payload, payloadFormat);
    const largest = Math.min(this.connection.info?.max_payload ?? LARGEST_PAYLOAD, LARGEST_PAYLOAD);
    if (bytes.length > largest) throw new ConnectorError(`${this.where}: a message may have ${largest} bytes at most`);
    return bytes;
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

async function headersFrom(given: Record<string, string> | undefined): Promise<MsgHdrs | undefined> {
  if (!given) return undefined;
  const { headers } = await import('@nats-io/transport-node');
  const made = headers();
  for (const [name, value] of Object.entries(given)) made.set(name, value);
  return made;
}
