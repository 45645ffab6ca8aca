import type { MsgHdrs } from '@nats-io/transport-node';
import type { JsonObject, Message } from '../protocol';
import { decodePayload, type PayloadFormat } from '../support/payload';

/** What core and stream messages have in common. */
export interface NatsMessage {
  subject: string;
  data: Uint8Array;
  headers?: MsgHdrs | undefined;
}

/** @throws ConnectorError for a payload that is not what the format says. */
export function messageOf({ subject, data, headers }: NatsMessage, format?: PayloadFormat): Message {
  const more: JsonObject = { subject, ...(headers && { headers: headersOf(headers) }) };
  return { payload: decodePayload(data, format).payload, key: subject.slice(0, 1_000), more };
}

/** A header that is given several times is a list. */
export function headersOf(headers: MsgHdrs): JsonObject {
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}
