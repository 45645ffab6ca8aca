import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { ConnectorError } from '../../calls/connector-error';
import type { Message, Subscriber, Subscription } from '../protocol';
import { InFlight } from '../support/in-flight';
import { pauseAfter } from '../support/until-kept';
import type { ConsumeConfig } from './rabbitmq-config';
import { messageOf } from './rabbitmq-message';

const DEFAULT_PREFETCH = 50;
const DEFAULT_KEEP = 604_800;

/** What one queue brings to one subscriber, on a channel of its own. */
export class RabbitConsumer implements Subscription {
  private readonly inFlight = new InFlight();
  private readonly closed = new AbortController();
  /** One after the other. */
  private failures = 0;

  private constructor(
    private readonly channel: Channel,
    private readonly config: ConsumeConfig,
    private readonly subscriber: Subscriber,
    private readonly lost: (reason: Error) => void,
  ) {}

  /** @throws Error of the library */
  static async start(
    channel: Channel,
    config: ConsumeConfig,
    subscriber: Subscriber,
    lost: (reason: Error) => void,
  ): Promise<RabbitConsumer> {
    const queue = await prepareQueue(channel, config, subscriber.functionId);
    await channel.prefetch(config.prefetch ?? DEFAULT_PREFETCH);
    const consumer = new RabbitConsumer(channel, config, subscriber, lost);
    channel.on('error', (error: Error) => consumer.gone(error));
    channel.on('close', () => consumer.gone(new Error('the channel was closed')));
    // Its own name tells people at the broker who consumes.
    const consumerTag = `maestrohub-${subscriber.functionId}`;
    await channel.consume(queue, (message) => consumer.receive(message), { consumerTag });
    return consumer;
  }

  async close(): Promise<void> {
    if (this.closed.signal.aborted) return;
    // Nothing waits for the answer: what comes until then goes back with the channel.
    this.channel.cancel(`maestrohub-${this.subscriber.functionId}`).catch(() => undefined);
    await this.inFlight.drained();
    this.closed.abort();
    await Promise.race([this.channel.close().catch(() => undefined), delay(1_000, undefined, { ref: false })]);
  }

  private gone(reason: Error): void {
    if (this.closed.signal.aborted) return;
    this.closed.abort();
    this.lost(reason);
  }

  private receive(received: ConsumeMessage | null): void {
    if (this.closed.signal.aborted) return;
    if (!received) this.gone(new ConnectorError('The queue is there no more', { retryable: true }));
    else this.inFlight.add(this.keep(received));
  }

  private async keep(received: ConsumeMessage): Promise<void> {
    const { signal } = this.closed;
    try {
      const message = this.read(received);
      if (message) await this.subscriber.take(message);
      this.failures = 0;
      if (!signal.aborted) this.channel.ack(received);
    } catch {
      // The broker would bring it again at once.
      await delay(pauseAfter(this.failures++), undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) this.channel.nack(received, false, true);
    }
  }

  private read(received: ConsumeMessage): Message | undefined {
    try {
      return messageOf(received, this.config.payloadFormat);
    } catch {
      this.subscriber.dropped(1);
      return undefined;
    }
  }
}

/** The queue to consume; made and bound where an exchange is named. */
async function prepareQueue(channel: Channel, config: ConsumeConfig, functionId: string): Promise<string> {
  const { queue, exchange, exchangeType, routingKeys = ['#'], keepSeconds = DEFAULT_KEEP } = config;
  if (exchange === undefined) return (await channel.checkQueue(queue!)).queue;
  if (exchangeType !== undefined) await channel.assertExchange(exchange, exchangeType, { durable: true });
  const own = queue === undefined && { 'x-expires': keepSeconds * 1_000 };
  const made = await channel.assertQueue(queue ?? `maestrohub-${functionId}`, {
    durable: true,
    arguments: { ...config.arguments, ...own },
  });
  for (const key of routingKeys) await channel.bindQueue(made.queue, exchange, key);
  return made.queue;
}
