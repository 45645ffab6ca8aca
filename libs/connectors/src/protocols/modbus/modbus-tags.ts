import type { JsonValue } from '#kernel';
import { presetQuantity, type Tag } from './modbus-config';
import type { Range, Span } from '../support/ranges';
import type { Piece } from './modbus-areas';
import { decodeAll } from './modbus-values';

/** What a request for bits or registers is answered. */
export type Answer = boolean[] | Buffer;

/** A tag, and where it lies. */
export interface TagSpan extends Span, Piece {
  tag: Tag;
}

export function spanOf(tag: Tag, ofFunction: number): TagSpan {
  const { area = 'holdingRegister', address, quantity = presetQuantity(area, tag) } = tag;
  const unitId = tag.unitId ?? ofFunction;
  return { tag, space: `${unitId} ${area}`, unitId, area, address, quantity };
}

/** The tag's value in the answer to its range: a list where it takes more than one value. */
export function valueIn(answer: Answer, range: Range<TagSpan>, { tag, address, quantity }: TagSpan): JsonValue {
  const from = address - range.address;
  if (Array.isArray(answer)) return single(answer.slice(from, from + quantity));
  const registers = answer.subarray(2 * from, 2 * (from + quantity));
  const { bit, dataType = 'uint16' } = tag;
  if (bit === undefined) return single(decodeAll(registers, { ...tag, dataType }));
  const bits = decodeAll(registers, { dataType: 'bits' });
  return single(bits.filter((_, index) => index % 16 === bit));
}

const single = (values: JsonValue[]): JsonValue => (values.length === 1 ? values[0]! : values);
