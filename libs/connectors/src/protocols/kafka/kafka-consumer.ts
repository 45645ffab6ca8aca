import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, MessagesStream } from '@platformatic/kafka';
import type { Message, SessionContext, Subscriber, Subscription } from '../protocol';
import { InFlight } from '../support/in-flight';
import { untilKept } from '../support/until-kept';
import { CommitPositions, type Position } from './commit-positions';
import { clientOptions, destroy, guard } from './kafka-client';
import type { ConsumeConfig, KafkaConfig } from './kafka-config';
import { isRebalance } from './kafka-failure';
import { messageOf, type KafkaRecord } from './kafka-message';

/** Records under way. */
const MOST_PENDING = 200;
/** Bytes that one fetch brings, and milliseconds that it waits for the first of them. */
const LARGEST_FETCH = 5 * 1024 * 1024;
const FETCH_WAIT = 1_000;
/** Milliseconds. */
const SESSION_TIMEOUT = 10_000;
const REBALANCE_TIMEOUT = 30_000;
const HEARTBEAT_EVERY = 3_000;
const GOODBYE_MS = 2_000;

type Client = Consumer;
type Records = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** A member of a consumer group, for one subscriber. */
export class KafkaConsumer implements Subscription {
  private readonly inFlight = new InFlight();
  private readonly closed = new AbortController();
  private positions = new CommitPositions();
  private committing: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  private constructor(
    private readonly consumer: Client,
    private readonly stream: Records,
    private readonly config: ConsumeConfig,
    private readonly subscriber: Subscriber,
    private readonly lost: (reason: Error) => void,
  ) {}

  /** Resolves once it has its partitions and knows where they begin. @throws Error of the library */
  static async start(
    connection: KafkaConfig,
    { outbound, signal }: SessionContext,
    config: ConsumeConfig,
    subscriber: Subscriber,
    lost: (reason: Error) => void,
  ): Promise<KafkaConsumer> {
    const { Consumer, MessagesStreamModes, MessagesStreamFallbackModes } = await import('@platformatic/kafka');
    const byName = connection.tls?.enabled === true;
    const consumer = new Consumer({
      ...clientOptions(connection, outbound),
      groupId: config.groupId ?? `maestrohub-${subscriber.functionId}`,
    });
    guard(consumer.connections, outbound, byName);
    const giveUp = (): void => destroy(consumer.connections);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const stream = await consumer.consume({
        topics: [...new Set(config.topics)],
        autocommit: false,
        mode: MessagesStreamModes.COMMITTED,
        fallbackMode:
          config.from === 'earliest' ? MessagesStreamFallbackModes.EARLIEST : MessagesStreamFallbackModes.LATEST,
        sessionTimeout: SESSION_TIMEOUT,
        rebalanceTimeout: REBALANCE_TIMEOUT,
        heartbeatInterval: HEARTBEAT_EVERY,
        maxWaitTime: FETCH_WAIT,
        maxBytes: LARGEST_FETCH,
        highWaterMark: MOST_PENDING,
      });
      guard(stream.connections, outbound, byName);
      const started = new KafkaConsumer(consumer, stream, config, subscriber, lost);
      await started.begin();
      return started;
    } catch (error) {
      leave(consumer);
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async close(): Promise<void> {
    if (this.closed.signal.aborted) return;
    this.closed.abort();
    this.wake?.();
    await this.inFlight.drained();
    const left = (async () => {
      await this.commit();
      await goodbye(this.consumer);
    })().catch(() => undefined);
    await Promise.race([left, delay(GOODBYE_MS, undefined, { ref: false })]);
    destroy(this.stream.connections);
    destroy(this.consumer.connections);
  }

  private async begin(): Promise<void> {
    const settled = Promise.withResolvers<void>();
    this.stream.once('offsets', settled.resolve);
    this.stream.on('error', (error) => {
      settled.reject(error);
      this.gone(error);
    });
    this.stream.on('close', () => this.gone(new Error('the stream was closed')));
    this.consumer.on('error', (error: Error) => this.gone(error));
    // What is under way then comes again, perhaps to another member: it is not ours to commit.
    this.consumer.on('consumer:group:join', () => (this.positions = new CommitPositions()));
    await settled.promise;
    // Else a group that has heard nothing yet would begin at another end after a restart.
    await this.consumer.commit({ offsets: this.beginnings().map(committed) });
    void this.read();
  }

  /** Where the partitions of this member begin. */
  private beginnings(): Position[] {
    return (this.consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.flatMap((partition) => {
        const offset = this.stream.offsetsToFetch.get(`${topic}:${partition}`);
        return offset === undefined ? [] : [{ topic, partition, offset }];
      }),
    );
  }

  private async read(): Promise<void> {
    const { signal } = this.closed;
    try {
      for await (const record of this.stream) {
        while (this.inFlight.count >= MOST_PENDING && !signal.aborted) await this.oneEnds();
        if (signal.aborted) return;
        this.inFlight.add(this.keep(record));
      }
    } catch (error) {
      this.gone(error as Error);
    }
  }

  private oneEnds(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private async keep(record: KafkaRecord): Promise<void> {
    const { topic, partition, offset } = record;
    const { positions } = this;
    positions.begin(topic, partition, offset);
    const message = this.readable(record);
    if (!message || (await untilKept(this.subscriber, message, this.closed.signal))) {
      positions.done(topic, partition, offset);
      if (!this.closed.signal.aborted) this.commitSoon();
    }
    // After this work has ended.
    setImmediate(() => this.wake?.());
  }

  private readable(record: KafkaRecord): Message | undefined {
    try {
      return messageOf(record, this.config.payloadFormat);
    } catch {
      this.subscriber.dropped(1);
      return undefined;
    }
  }

  /** One commit at a time, each for all that was done meanwhile. */
  private commitSoon(): void {
    this.committing ??= this.commit()
      .catch((error: unknown) => this.gone(error as Error))
      .finally(() => (this.committing = undefined));
  }

  private async commit(): Promise<void> {
    for (let offsets = this.positions.take(); offsets.length > 0; offsets = this.positions.take()) {
      try {
        await this.consumer.commit({ offsets: offsets.map(committed) });
      } catch (error) {
        if (!isRebalance(error)) throw error;
      }
    }
  }

  private gone(reason: Error): void {
    if (this.closed.signal.aborted) return;
    this.lost(reason);
  }
}

/** The library tells nothing of leader epochs; none is one that brokers take. */
const committed = (position: Position) => ({ ...position, leaderEpoch: -1 });

function leave(consumer: Client): void {
  const end = (): void => destroy(consumer.connections);
  void Promise.race([goodbye(consumer), delay(GOODBYE_MS, undefined, { ref: false })]).then(end, end);
}

/** Leaves the group as well; whether that went well is of no interest. */
const goodbye = (consumer: Client): Promise<void> => new Promise((resolve) => consumer.close(true, () => resolve()));
