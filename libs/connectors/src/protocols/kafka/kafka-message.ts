import { createHash } from 'node:crypto';
import type { JsonObject, Message } from '../protocol';
import { decodePayload, type PayloadFormat } from '../support/payload';

/** What the library brings. */
export interface KafkaRecord {
  topic: string;
  partition: number;
  offset: bigint;
  /** Milliseconds since 1970. */
  timestamp: bigint;
  key?: Buffer | null | undefined;
  value?: Buffer | null | undefined;
  headers: ReadonlyMap<Buffer, Buffer | null | undefined>;
}

/** Characters of a topic within an identity; the name of a longer one is hashed. */
const LONGEST_NAME = 120;

/** @throws ConnectorError for a value that is not what the format says. */
export function messageOf(record: KafkaRecord, format?: PayloadFormat): Message {
  const { topic, partition, offset, timestamp, key, value } = record;
  const name = key ? textOf(key) : '';
  return {
    payload: value ? decodePayload(value, format).payload : null,
    key: (name === '' ? topic : name).slice(0, 1_000),
    // A topic that is made anew counts from the beginning: the time tells its records apart.
    id: `${shortName(topic)}/${partition}/${offset}/${timestamp}`,
    more: {
      topic,
      partition,
      offset: Number(offset),
      timestamp: new Date(Number(timestamp)).toISOString(),
      headers: headersOf(record.headers),
    },
  };
}

/** A header that is given several times is a list. */
function headersOf(headers: KafkaRecord['headers']): JsonObject {
  const found = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = textOf(name);
    found.set(key, [...(found.get(key) ?? []), value ? textOf(value) : '']);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

/** Text, or base64 of bytes that are none. */
function textOf(bytes: Buffer): string {
  try {
    return decodePayload(bytes, 'text').payload as string;
  } catch {
    return bytes.toString('base64');
  }
}

const shortName = (topic: string): string =>
  topic.length > LONGEST_NAME ? createHash('sha256').update(topic).digest('hex') : topic;
