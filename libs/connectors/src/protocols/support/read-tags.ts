import type { JsonValue } from '#kernel';
import { DeviceRefusal } from './dialogue';
import type { Readings } from './poll';
import { alone, rangesOf, type Joining, type Range, type Span } from './ranges';

export interface TagSpan extends Span {
  tag: { name: string };
}

export interface TagReader<T extends TagSpan, A> extends Joining<T> {
  read: (range: Range<T>) => Promise<A>;
  valueIn: (answer: A, range: Range<T>, span: T) => JsonValue;
}

/**
 * The values of tags, by as few requests as may be. Where the device refuses a range, its tags are asked for one by one: one
 * that is not there must not take its neighbours with it. @throws ConnectorError where none can be read
 */
export async function readTags<T extends TagSpan, A>(spans: readonly T[], reader: TagReader<T, A>): Promise<Readings> {
  const values = new Map<string, JsonValue>();
  const errors = new Map<string, DeviceRefusal>();
  const read = async (range: Range<T>): Promise<void> => {
    try {
      const answer = await reader.read(range);
      for (const span of range.spans) values.set(span.tag.name, reader.valueIn(answer, range, span));
    } catch (error) {
      if (!(error instanceof DeviceRefusal) || error.retryable) throw error;
      const [only, ...others] = range.spans;
      if (others.length === 0) errors.set(only.tag.name, error);
      else for (const span of range.spans) await read(alone(span));
    }
  };
  for (const range of rangesOf(spans, reader)) await read(range);

  const [first] = errors.values();
  if (first && values.size === 0) throw first;
  // In the order of the tags, not of the device.
  const inOrder = spans.flatMap(({ tag: { name } }) => (values.has(name) ? [[name, values.get(name)!] as const] : []));
  const told = [...errors].map(([name, { message }]) => [name, message] as const);
  return { values: Object.fromEntries(inOrder), ...(first && { errors: Object.fromEntries(told) }) };
}

/** Readings as the answer of a call. */
export const dataOf = ({ values, errors }: Readings): JsonValue => ({ values, ...(errors && { errors }) });
