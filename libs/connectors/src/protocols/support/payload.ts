import { jsonProblem, type JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { oneOf } from './schema';

export const PAYLOAD_FORMATS = ['auto', 'json', 'text', 'base64'] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

export const payloadFormat = (): JsonObject =>
  oneOf('How the bytes of a message are read; auto: JSON if they are, else text, else base64', PAYLOAD_FORMATS, 'auto');

export interface DecodedPayload {
  payload: JsonValue;
  format: Exclude<PayloadFormat, 'auto'>;
}

/** @throws ConnectorError for bytes that are not what the format says. */
export function decodePayload(
  bytes: Uint8Array,
  format: PayloadFormat = 'auto',
  what: 'message' | 'content' = 'message',
): DecodedPayload {
  if (format === 'base64') return { payload: Buffer.from(bytes).toString('base64'), format };
  const decoded = utf8(bytes);
  if (decoded === undefined) {
    if (format !== 'auto') throw new ConnectorError(`The ${what} is no UTF-8 text`);
    return decodePayload(bytes, 'base64');
  }
  if (format === 'text') return { payload: decoded, format };
  const parsed = json(decoded);
  if (parsed !== undefined) return { payload: parsed, format: 'json' };
  if (format === 'json') throw new ConnectorError(`The ${what} is no JSON`);
  return { payload: decoded, format: 'text' };
}

/** A text as it is, or the bytes it has in base64; anything else as JSON. @throws ConnectorError */
export function encodePayload(
  value: JsonValue,
  format: PayloadFormat = 'auto',
  what: 'payload' | 'content' = 'payload',
): Buffer {
  if (format === 'json') return Buffer.from(JSON.stringify(value));
  if (format === 'base64') {
    if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw new ConnectorError(`The ${what} is no base64 text`);
    }
    return Buffer.from(value, 'base64');
  }
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // PostgreSQL keeps no NUL.
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function json(decoded: string): JsonValue | undefined {
  try {
    const value = JSON.parse(decoded) as JsonValue;
    return jsonProblem(value) === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}
