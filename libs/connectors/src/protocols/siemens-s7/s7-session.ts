import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { startPoll, type Readings } from '../support/poll';
import { dataOf, readTags } from '../support/read-tags';
import { DEFAULT_TIMEOUT } from '../support/schema';
import type { S7Config, TagsConfig, WriteConfig } from './s7-config';
import type { S7Link } from './s7-link';
import { requireAddress, spanOf, valueIn } from './s7-tags';
import { encode, typeOf } from './s7-values';

/** Bytes that are read as one range, by as many requests as that takes. */
const LONGEST_RANGE = 940;

/** Reads, polls and writes through one link. */
export class S7Session implements Session {
  constructor(
    private readonly config: S7Config,
    private readonly link: S7Link,
  ) {}

  call(functionType: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const timeoutMs = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return withinDeadline({ timeoutMs, signal: options.signal, where: this.link.where }, (signal) =>
      functionType === 's7.read'
        ? this.readTags(config as unknown as TagsConfig, signal).then(dataOf)
        : this.write(config as unknown as WriteConfig, signal),
    );
  }

  check(signal: AbortSignal): Promise<void> {
    return this.link.check(signal);
  }

  subscribe(_functionType: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    const wanted = config as unknown as TagsConfig;
    return startPoll(wanted, subscriber, (signal) => this.readTags(wanted, signal));
  }

  close(): Promise<void> {
    this.link.close();
    return Promise.resolve();
  }

  private async readTags({ tags, maxGap = 16 }: TagsConfig, signal: AbortSignal): Promise<Readings> {
    return readTags(tags.map(spanOf), {
      maxGap,
      most: () => LONGEST_RANGE,
      read: ({ spans: [{ at }], address, quantity }) =>
        this.link.read({ area: at.area, db: at.db, start: address, quantity }, signal),
      valueIn,
    });
  }

  private async write({ address: text, value, ...shape }: WriteConfig, signal: AbortSignal): Promise<JsonValue> {
    const { area, db, start, bit, width } = requireAddress(text);
    const dataType = typeOf({ area, db, start, width }, shape);
    const values = Array.isArray(value) ? value : [value];
    if (values.length !== 1 && (bit !== undefined || dataType === 'STRING' || dataType === 'WSTRING')) {
      throw new ConnectorError(`Lists of ${dataType} cannot be written at once`);
    }
    const encoded = values.map((one) => encode(one, dataType, shape));
    const bytes = Buffer.concat(encoded.map((one) => one.bytes));
    await this.link.write({ area, db, start: start + (encoded[0]?.skip ?? 0) }, bytes, bit, signal);
    return { address: text, dataType };
  }
}
