import { setTimeout as delay } from 'node:timers/promises';
import type * as kafka from '@platformatic/kafka';
import type { Producer } from '@platformatic/kafka';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, SessionContext, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { encodePayload } from '../support/payload';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { clientOptions, destroy, guard } from './kafka-client';
import type { ConsumeConfig, KafkaConfig, ProduceConfig } from './kafka-config';
import { KafkaConsumer } from './kafka-consumer';
import { failureOf, isTimeout } from './kafka-failure';

const LARGEST_VALUE = 10 * 1024 * 1024;
/** Milliseconds. */
const LONGEST_CHECK = 10_000;
const GOODBYE_MS = 2_000;

type KafkaProducer = Producer;
type Library = Pick<typeof kafka, 'ProduceAcks' | 'compatibilityPartitioner'>;

/** One producer, which also asks after the cluster, and a consumer for each subscription. */
export class KafkaSession implements Session {
  private closing = false;

  private constructor(
    private readonly config: KafkaConfig,
    private readonly context: SessionContext,
    private readonly producer: KafkaProducer,
    private readonly library: Library,
    private readonly where: string,
  ) {
    // Brokers close what is idle; that alone does not mean that they are gone.
    producer.on('client:broker:disconnect', () => void this.askAgain());
  }

  static async open(config: KafkaConfig, context: SessionContext): Promise<KafkaSession> {
    const library = await import('@platformatic/kafka');
    const producer: KafkaProducer = new library.Producer(clientOptions(config, context.outbound));
    guard(producer.connections, context.outbound, config.tls?.enabled === true);
    const [first, ...others] = config.brokers;
    const where = others.length > 0 ? `${first} and others` : first!;
    const session = new KafkaSession(config, context, producer, library, where);
    try {
      const timeoutMs = Math.min(config.timeoutMs ?? LONGEST_CHECK, LONGEST_CHECK);
      await session.within(timeoutMs, context.signal, () => session.ask());
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async call(_functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const wanted = config as unknown as ProduceConfig;
    const { topic, key, value, valueFormat, headers = {}, partition } = wanted;
    const bytes = value === null ? undefined : encodePayload(value, valueFormat);
    if (bytes && bytes.length > LARGEST_VALUE) throw new ConnectorError('A value may have 10 MiB at most');
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const message = {
      topic,
      value: bytes,
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
      ...(key !== undefined && { key: Buffer.from(key) }),
      ...(partition !== undefined && { partition }),
    };
    const { ProduceAcks, compatibilityPartitioner } = this.library;
    const sent = await this.within(timeoutMs, options.signal, async () => {
      if (partition !== undefined) await this.requirePartition(topic, partition);
      return this.producer.send({
        messages: [message],
        acks: ProduceAcks.ALL,
        // Without it a key goes elsewhere than with other clients.
        ...(key !== undefined && { partitioner: compatibilityPartitioner }),
      });
    });
    const [kept] = sent.offsets ?? [];
    if (!kept) throw new ConnectorError(`${this.where}: nothing was answered to the record`, { retryable: true });
    return { topic: kept.topic, partition: kept.partition, offset: Number(kept.offset) };
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.within(LONGEST_CHECK, signal, () => this.ask());
  }

  async subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const { where, context } = this;
    const timeoutMs = this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const wanted = config as unknown as ConsumeConfig;
    const starting = KafkaConsumer.start(this.config, context, wanted, subscriber, (reason) =>
      this.lost(failureOf(reason, where)),
    );
    try {
      return await this.within(timeoutMs, undefined, () => starting);
    } catch (error) {
      // One that starts too late is of no use.
      void starting.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    const closed = this.producer.close().catch(() => undefined);
    await Promise.race([closed, delay(GOODBYE_MS, undefined, { ref: false })]);
    destroy(this.producer.connections);
  }

  /** Who the brokers are, asked of one of them. */
  private async ask(): Promise<void> {
    await this.producer.metadata({ topics: [], forceUpdate: true });
  }

  private async askAgain(): Promise<void> {
    if (this.closing) return;
    try {
      await this.within(LONGEST_CHECK, undefined, () => this.ask());
    } catch (error) {
      this.lost(error as ConnectorError);
    }
  }

  /** The library would take another one. */
  private async requirePartition(topic: string, partition: number): Promise<void> {
    const { topics } = await this.producer.metadata({ topics: [topic] });
    const count = topics.get(topic)?.partitionsCount ?? 0;
    if (partition >= count) throw new ConnectorError(`${this.where}: topic ${topic} has ${count} partitions`);
  }

  private lost(reason: ConnectorError): void {
    if (this.closing) return;
    this.closing = true;
    this.context.lost(reason);
  }

  private async within<T>(timeoutMs: number, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const { where } = this;
    try {
      return await withinDeadline({ timeoutMs, signal, where }, work);
    } catch (error) {
      const failure = failureOf(error, where);
      if (isTimeout(error)) this.lost(failure);
      throw failure;
    }
  }
}
