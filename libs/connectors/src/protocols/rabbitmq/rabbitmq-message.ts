import type { ConsumeMessage } from 'amqplib';
import type { JsonValue } from '#kernel';
import type { JsonObject, Message } from '../protocol';
import { decodePayload, type PayloadFormat } from '../support/payload';

const TOLD = ['messageId', 'contentType', 'correlationId', 'replyTo', 'type', 'appId', 'timestamp', 'priority'];

/** @throws ConnectorError for a payload that is not what the format says. */
export function messageOf(received: ConsumeMessage, format?: PayloadFormat): Message {
  const { content, fields } = received;
  const { exchange, routingKey, redelivered } = fields;
  // Typed as anything.
  const properties: Record<string, unknown> = { ...received.properties };
  const { messageId, headers = {} } = properties;
  const told = Object.fromEntries(TOLD.map((name) => [name, properties[name]]));
  return {
    payload: decodePayload(content, format).payload,
    key: routingKey,
    ...(typeof messageId === 'string' && messageId !== '' && messageId.length <= 200 && { id: messageId }),
    more: {
      exchange,
      routingKey,
      redelivered,
      headers: plain(headers),
      ...(plain(told) as JsonObject),
    },
  };
}

/** Field tables have bytes and times too; what is undefined is left out. */
function plain(value: unknown): JsonValue {
  if (Buffer.isBuffer(value)) return decodePayload(value, 'auto').payload;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  const { '!': type, value: inner } = value as { '!'?: unknown; value?: unknown };
  if (typeof type === 'string' && inner !== undefined) return plain(inner);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}
