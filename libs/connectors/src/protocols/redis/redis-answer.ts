import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import { decodePayload } from '../support/payload';

/** Bytes of all texts of an answer, and its values. */
const LARGEST_ANSWER = 10 * 1024 * 1024;
const MOST_VALUES = 200_000;

/** An answer as data: texts as they are, bytes that are none in base64. @throws ConnectorError for one that is too large. */
export function dataOf(answer: unknown): JsonValue {
  let bytes = 0;
  let values = 0;
  const read = (value: unknown): JsonValue => {
    if (++values > MOST_VALUES) throw new ConnectorError(`The answer has more than ${MOST_VALUES} values`);
    if (Array.isArray(value)) return value.map(read);
    if (value instanceof Error) return { error: value.message };
    if (!Buffer.isBuffer(value)) return (value ?? null) as JsonValue;
    bytes += value.length;
    if (bytes > LARGEST_ANSWER) throw new ConnectorError('The answer is larger than 10 MiB');
    return textOf(value);
  };
  return read(answer);
}

function textOf(bytes: Buffer): string {
  try {
    return decodePayload(bytes, 'text').payload as string;
  } catch {
    return bytes.toString('base64');
  }
}
