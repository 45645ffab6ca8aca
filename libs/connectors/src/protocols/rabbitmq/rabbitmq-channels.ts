import type { ChannelModel, ConfirmChannel, Options } from 'amqplib';
import { ConnectorError } from '../../calls/connector-error';
import { failureOf } from './rabbitmq-failure';

/** Channels that are kept for the next message. */
const MOST_IDLE = 10;

/**
 * Channels for publishing, each for one message at a time: a broker closes the channel on which it is asked for an exchange
 * that is not there, and tells a message that no queue gets by nothing but its channel.
 */
export class PublishChannels {
  private readonly idle: ConfirmChannel[] = [];

  constructor(
    private readonly connection: ChannelModel,
    private readonly where: string,
  ) {}

  /** Resolves once the broker has the message, or nobody waits for it any more. @throws ConnectorError */
  async publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: Options.Publish,
    signal: AbortSignal,
  ): Promise<void> {
    const channel = this.idle.pop() ?? (await this.open());
    if (signal.aborted) {
      this.giveBack(channel);
      return;
    }
    const ended = Promise.withResolvers<void>();
    let isReturned = false;
    const abort = (): void => ended.reject(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    channel.once('return', () => (isReturned = true));
    channel.once('error', ended.reject);
    try {
      channel.publish(exchange, routingKey, content, options, (error: unknown) =>
        error ? ended.reject(error) : ended.resolve(),
      );
      await ended.promise;
    } catch (error) {
      // What it still has to say belongs to a message that nobody waits for.
      channel.close().catch(() => undefined);
      throw failureOf(error, this.where);
    } finally {
      signal.removeEventListener('abort', abort);
      channel.removeAllListeners('return').off('error', ended.reject);
    }
    this.giveBack(channel);
    if (isReturned) throw new ConnectorError(`${this.where}: no queue gets the message`);
  }

  private async open(): Promise<ConfirmChannel> {
    const channel = await this.connection.createConfirmChannel();
    return channel.on('error', () => undefined);
  }

  private giveBack(channel: ConfirmChannel): void {
    if (this.idle.length < MOST_IDLE) this.idle.push(channel);
    else channel.close().catch(() => undefined);
  }
}
