import type { Consumer, ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { Message, Subscriber, Subscription } from '../protocol';
import { InFlight } from '../support/in-flight';
import { pauseAfter } from '../support/until-kept';
import type { ConsumeConfig } from './nats-config';
import { messageOf } from './nats-message';

const DEFAULT_KEEP = 604_800;
/** Messages under way. */
const MOST_PENDING = 200;
/** Milliseconds after which the server brings a message again that it has heard nothing of. */
const ACK_WAIT = 10_000;
const WORKING_EVERY = 3_000;
const NANOSECONDS = 1_000_000;

/** The consumer that brings a function its messages: one that is there, or that is made for it. */
export async function consumerFor(
  manager: JetStreamManager,
  { stream, filterSubject, deliver = 'new', durable, keepSeconds = DEFAULT_KEEP }: ConsumeConfig,
  functionId: string,
): Promise<Consumer> {
  const name = durable ?? `maestrohub-${functionId}`;
  const client = manager.jetstream();
  if (durable !== undefined) return client.consumers.get(stream, durable);
  const changeable = {
    filter_subject: filterSubject ?? '>',
    ack_wait: ACK_WAIT * NANOSECONDS,
    max_ack_pending: MOST_PENDING,
    inactive_threshold: keepSeconds * 1_000 * NANOSECONDS,
  };
  if (await isThere(manager, stream, name)) await manager.consumers.update(stream, name, changeable);
  else
    await manager.consumers.add(stream, {
      durable_name: name,
      ack_policy: 'explicit',
      deliver_policy: deliver,
      ...changeable,
    });
  return client.consumers.get(stream, name);
}

async function isThere(manager: JetStreamManager, stream: string, name: string): Promise<boolean> {
  try {
    await manager.consumers.info(stream, name);
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConsumerNotFoundError') return false;
    throw error;
  }
}

/** What a durable consumer brings to one subscriber. */
export class StreamSubscription implements Subscription {
  private readonly inFlight = new InFlight();
  private readonly working = new Set<JsMsg>();
  private telling: NodeJS.Timeout | undefined;
  private messages: ConsumerMessages | undefined;
  private closed = false;
  private failures = 0;

  private constructor(
    private readonly config: ConsumeConfig,
    private readonly subscriber: Subscriber,
  ) {}

  /** @throws Error of the library */
  static async start(
    consumer: Consumer,
    config: ConsumeConfig,
    subscriber: Subscriber,
    lost: (reason: Error) => void,
  ): Promise<StreamSubscription> {
    const subscription = new StreamSubscription(config, subscriber);
    const messages = await consumer.consume({
      max_messages: MOST_PENDING / 2,
      abort_on_missing_resource: true,
      callback: (message) => subscription.receive(message),
    });
    subscription.messages = messages;
    const tell = (): void => subscription.working.forEach((message) => message.working());
    subscription.telling = setInterval(tell, WORKING_EVERY).unref();
    void messages.closed().then((error) => {
      if (!subscription.closed) lost(error ?? new Error('closed'));
    });
    return subscription;
  }

  async close(): Promise<void> {
    this.messages?.stop();
    await this.inFlight.drained();
    this.closed = true;
    clearInterval(this.telling);
  }

  private receive(received: JsMsg): void {
    if (!this.closed) this.inFlight.add(this.keep(received));
  }

  private async keep(received: JsMsg): Promise<void> {
    this.working.add(received);
    try {
      const message = this.read(received);
      if (message) await this.subscriber.take(message);
      this.failures = 0;
      if (!this.closed) received.ack();
    } catch {
      if (!this.closed) received.nak(pauseAfter(this.failures++));
    } finally {
      this.working.delete(received);
    }
  }

  private read(received: JsMsg): Message | undefined {
    try {
      const message = messageOf(received, this.config.payloadFormat);
      const { stream, streamSequence, timestampNanos, deliveryCount } = received.info;
      return {
        ...message,
        // A stream that is made anew counts from the beginning.
        id: `${timestampNanos}/${streamSequence}`,
        more: {
          ...message.more,
          stream,
          sequence: streamSequence,
          timestamp: received.time.toISOString(),
          redelivered: deliveryCount > 1,
        },
      };
    } catch {
      this.subscriber.dropped(1);
      return undefined;
    }
  }
}
