import { conflict } from '#kernel';
import { keyText, type Contribution, type EntityKey } from '#platform/dependencies';

/** Told at once. */
const MOST_TOLD = 100;

/**
 * What was there when the change began, and is still referred to, must be there now.
 * @param present those of the targets that are.
 * @throws DomainError `conflict` naming who refers to what is gone.
 */
export function requirePresent(
  contributions: readonly Contribution[],
  expected: readonly EntityKey[],
  present: readonly EntityKey[],
): void {
  const there = new Set(present.map(keyText));
  const gone = new Set(expected.map(keyText).filter((key) => !there.has(key)));
  if (gone.size === 0) return;
  const dangling = contributions.flatMap(({ entity: { type, name }, references }) =>
    references
      .filter((target) => gone.has(keyText(target)))
      .map((target) => ({ type, name, via: target.via, target: { type: target.type, id: target.key } })),
  );
  const [first] = dangling;
  // What nobody refers to any more may be gone.
  if (!first) return;
  const { type, name, via, target } = first;
  const message = `${target.type} ${target.id} was deleted meanwhile, and ${type} ${name} refers to it at ${via}`;
  throw conflict(message.charAt(0).toUpperCase() + message.slice(1), { gone: dangling.slice(0, MOST_TOLD) });
}
