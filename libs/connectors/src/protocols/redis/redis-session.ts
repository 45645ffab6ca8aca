import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, SessionContext, Subscriber, Subscription } from '../protocol';
import { Inlet } from '../support/inlet';
import { decodePayload, encodePayload } from '../support/payload';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { dataOf } from './redis-answer';
import type { CommandConfig, PublishConfig, RedisConfig, SubscribeConfig, ValueConfig } from './redis-config';
import { RedisLink } from './redis-link';

const LONGEST_CHECK = 10_000;
const LARGEST_PAYLOAD = 10 * 1024 * 1024;

type Command = [name: string, args: (string | Buffer)[]];

/** One connection for commands, and one more for each subscription: a connection that listens can do nothing else. */
export class RedisSession implements Session {
  private readonly listening = new Set<RedisLink>();

  private constructor(
    private readonly config: RedisConfig,
    private readonly context: SessionContext,
    private readonly link: RedisLink,
  ) {
    link.onLost = (reason) => context.lost(reason);
  }

  static async open(config: RedisConfig, context: SessionContext): Promise<RedisSession> {
    return new RedisSession(config, context, await RedisLink.open(config, context));
  }

  async call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const [name, args] = commandOf(functionType, config);
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const answer = await this.link.ask(timeoutMs, options.signal, (client) => client.callBuffer(name, args));
    return resultOf(functionType, config, answer);
  }

  async check(signal: AbortSignal): Promise<void> {
    const links = [this.link, ...this.listening];
    await Promise.all(links.map((link) => link.ask(LONGEST_CHECK, signal, (client) => client.ping())));
  }

  async subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const { channels, usePatterns = false, payloadFormat } = config as unknown as SubscribeConfig;
    const inlet = new Inlet(subscriber);
    const link = await RedisLink.open(this.config, this.context);
    const receive = (channel: string, bytes: Buffer, pattern?: string): void => {
      try {
        const { payload } = decodePayload(bytes, payloadFormat);
        const more = { channel, ...(pattern !== undefined && { pattern }) };
        inlet.push({ payload, key: channel.slice(0, 1_000), more });
      } catch {
        subscriber.dropped(1);
      }
    };
    link.client.on('messageBuffer', (channel: Buffer, bytes: Buffer) => receive(String(channel), bytes));
    link.client.on('pmessageBuffer', (pattern: string | Buffer, channel: Buffer, bytes: Buffer) =>
      receive(String(channel), bytes, String(pattern)),
    );
    try {
      await link.ask(this.config.timeoutMs ?? DEFAULT_TIMEOUT, undefined, (client) =>
        usePatterns ? client.psubscribe(...channels) : client.subscribe(...channels),
      );
    } catch (error) {
      link.close();
      throw error;
    }
    this.listening.add(link);
    link.onLost = (reason) => this.context.lost(reason);
    return {
      close: () => {
        this.listening.delete(link);
        link.close();
        inlet.close();
        return Promise.resolve();
      },
    };
  }

  close(): Promise<void> {
    this.link.close();
    return Promise.resolve();
  }
}

function commandOf(functionType: string, config: JsonObject): Command {
  if (functionType === 'redis.get') return ['GET', [(config as unknown as ValueConfig).key]];
  if (functionType === 'redis.set') return ['SET', setArguments(config as unknown as ValueConfig)];
  if (functionType === 'redis.publish') {
    const { channel, payload, payloadFormat } = config as unknown as PublishConfig;
    return ['PUBLISH', [channel, limited(encodePayload(payload, payloadFormat))]];
  }
  const { command, args = [] } = config as unknown as CommandConfig;
  return [command, args.map(String)];
}

function setArguments({ key, value, payloadFormat, ttlSeconds, onlyIf }: ValueConfig): (string | Buffer)[] {
  return [
    key,
    limited(encodePayload(value!, payloadFormat)),
    ...(ttlSeconds !== undefined ? ['EX', String(ttlSeconds)] : []),
    ...(onlyIf !== undefined ? [onlyIf === 'absent' ? 'NX' : 'XX'] : []),
  ];
}

function limited(bytes: Buffer): Buffer {
  if (bytes.length > LARGEST_PAYLOAD) throw new ConnectorError('A value may have 10 MiB at most');
  return bytes;
}

function resultOf(functionType: string, config: JsonObject, answer: unknown): JsonValue {
  if (functionType === 'redis.get') {
    const { key, payloadFormat } = config as unknown as ValueConfig;
    if (!Buffer.isBuffer(answer)) return { key, value: null };
    return { key, value: decodePayload(limited(answer), payloadFormat).payload };
  }
  if (functionType === 'redis.set') return { key: config['key']!, set: answer !== null };
  if (functionType === 'redis.publish') return { channel: config['channel']!, receivers: Number(answer) };
  return { answer: dataOf(answer) };
}
