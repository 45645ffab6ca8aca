import type { Portable } from '#platform/dependencies';
import { itemText, type ItemKey } from '../format';
import type { Ordered } from './order';
import { wholeOf } from './whole';

/** An item after those that it refers to. Where a type allows circles, its entities come in any order. */
export function placeBefore(item: ItemKey, portable: Portable, references: readonly ItemKey[]): Ordered {
  const needed = references.filter(({ type }) => !(portable.circular && type === item.type));
  const whole = wholeOf(portable, item);
  return { key: itemText(item), needs: [...needed, ...(whole ? [whole] : [])].map(itemText) };
}
