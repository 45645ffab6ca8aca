import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { Range, Span } from '../support/ranges';
import { parseAddress, type S7Address } from './s7-address';
import { isCounted, type Tag } from './s7-config';
import { decode, decodeCounted, sizeOf, typeOf } from './s7-values';

/** A tag, and where it lies. */
export interface TagSpan extends Span {
  tag: Tag;
  at: S7Address;
}

/** @throws ConnectorError for what is no address; a parameter may have made it */
export function requireAddress(text: string): S7Address {
  const address = parseAddress(text);
  if (!address) throw new ConnectorError(`${text} is no address of S7`);
  return address;
}

export function spanOf(tag: Tag): TagSpan {
  const at = requireAddress(tag.address);
  const size = isCounted(at) ? 1 : sizeOf(typeOf(at, tag), tag);
  return { tag, at, space: `${at.area} ${at.db}`, address: at.start, quantity: size * (tag.count ?? 1) };
}

/** The tag's value in the bytes of its range: a list where it has several. */
export function valueIn(bytes: Buffer, range: Range<TagSpan>, { tag, at, address, quantity }: TagSpan): JsonValue {
  const from = address - range.address;
  const { count = 1 } = tag;
  const values = isCounted(at)
    ? pieces(bytes.subarray(2 * from, 2 * (from + quantity)), count).map((piece) => decodeCounted(piece, at.area))
    : pieces(bytes.subarray(from, from + quantity), count).map((piece) => decode(piece, typeOf(at, tag), at.bit));
  return values.length === 1 ? values[0]! : values;
}

const pieces = (bytes: Buffer, count: number): Buffer[] => {
  const size = bytes.length / count;
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
};
