import type { Portable } from '#platform/dependencies';
import { inOrder } from './order';

/** What the orders of types depend on. */
export type OrderedType = Pick<Portable, 'type' | 'after' | 'holdsOthersUp'>;

/** Types, each after those that have to be there first, and those that hold others up as late as that allows. */
export function typesInOrder(types: readonly OrderedType[]): string[] {
  const sorted = [...types].sort(
    (a, b) => Number(a.holdsOthersUp ?? false) - Number(b.holdsOthersUp ?? false) || (a.type < b.type ? -1 : 1),
  );
  return inOrder(sorted.map(({ type, after }) => ({ key: type, needs: after }))).ordered.map(({ key }) => key);
}

/** One part of undoing an import: all of a type. */
export interface UndoPart {
  action: 'restore' | 'remove';
  type: string;
}

/**
 * How an import is undone: what was there before is restored after what it may refer to, and whatever was made is removed
 * once nothing refers to it any more. Types that hold others up come as late as that allows.
 */
export function undoOrder(types: readonly OrderedType[]): UndoPart[] {
  const byType = new Map(types.map((one) => [one.type, one]));
  const neededBy = (type: string): string[] => byType.get(type)!.after.filter((needed) => byType.has(needed));
  const users = (type: string): string[] => types.filter(({ after }) => after.includes(type)).map((one) => one.type);
  const needsOf = ({ action, type }: UndoPart): UndoPart[] =>
    action === 'restore'
      ? neededBy(type).map((needed) => ({ action, type: needed }))
      : [
          { action: 'restore', type },
          ...users(type).flatMap((user): UndoPart[] => [
            { action: 'restore', type: user },
            { action, type: user },
          ]),
        ];
  const isLate = (part: UndoPart): boolean =>
    byType.get(part.type)!.holdsOthersUp === true || needsOf(part).some(isLate);
  const order = typesInOrder(types);
  const parts: UndoPart[] = [
    ...order.map((type) => ({ action: 'restore', type }) as const),
    ...order.toReversed().map((type) => ({ action: 'remove', type }) as const),
  ];
  const sorted = [...parts.filter((part) => !isLate(part)), ...parts.filter(isLate)];
  const keyOf = ({ action, type }: UndoPart): string => `${action} ${type}`;
  return inOrder(sorted.map((part) => ({ ...part, key: keyOf(part), needs: needsOf(part).map(keyOf) }))).ordered.map(
    ({ action, type }) => ({ action, type }),
  );
}
