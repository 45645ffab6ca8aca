import type { JsonValue } from '#kernel';
import { isObject } from '../support/inputs';

/** What a buffer keeps between runs: its items, the oldest first, and their size as JSON in bytes. */
export interface BufferState {
  buffer: JsonValue[];
  totalBytes: number;
}

export interface BufferLimits {
  mode: 'collect' | 'sliding';
  maxCount: number;
  maxBytes: number;
}

/** What was kept, or an empty buffer where nothing was, or something else. */
export function readState(kept: JsonValue): BufferState {
  if (isObject(kept) && Array.isArray(kept.buffer) && typeof kept.totalBytes === 'number') {
    return { buffer: kept.buffer, totalBytes: kept.totalBytes };
  }
  return { buffer: [], totalBytes: 0 };
}

export const sizeOf = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));

/** Adds items, and says which batch is due, if any. */
export function addTo(
  { buffer, totalBytes }: BufferState,
  items: readonly JsonValue[],
  { mode, maxCount, maxBytes }: BufferLimits,
): { state: BufferState; batch?: JsonValue[] } {
  const all = [...buffer, ...items];
  const bytes = items.reduce((sum: number, item) => sum + sizeOf(item), totalBytes);
  const reached = all.length >= maxCount || bytes >= maxBytes;
  if (mode === 'collect') {
    return reached
      ? { state: { buffer: [], totalBytes: 0 }, batch: all }
      : { state: { buffer: all, totalBytes: bytes } };
  }
  const state = newestOf({ buffer: all, totalBytes: bytes }, maxCount, maxBytes);
  return reached ? { state, batch: state.buffer } : { state };
}

/** As many of the newest as fit. */
function newestOf({ buffer, totalBytes }: BufferState, maxCount: number, maxBytes: number): BufferState {
  let first = Math.max(0, buffer.length - maxCount);
  let bytes = buffer.slice(0, first).reduce((sum: number, item) => sum - sizeOf(item), totalBytes);
  while (bytes > maxBytes && first < buffer.length) bytes -= sizeOf(buffer[first++]!);
  return { buffer: buffer.slice(first), totalBytes: bytes };
}
