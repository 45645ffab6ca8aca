import { conflict, type DomainError } from '#kernel';
import { keyOfId } from '../exchange/portables';
import type { ItemKey } from '../format';
import type { Seen } from './plan';

/** Told at once. */
const MOST_TOLD = 100;

/** An entity that is not what it was, and what has become of it. */
export interface Stale extends ItemKey {
  message: string;
}

/** Those that are at another version, or gone. @param versions of now, by `keyOfId`. */
export const changedSince = (seen: readonly Seen[], versions: ReadonlyMap<string, number>): Stale[] =>
  seen.flatMap(({ type, name, id, version }) => {
    const now = versions.get(keyOfId({ type, id }));
    if (now === version) return [];
    return [{ type, name, message: now === undefined ? 'was deleted' : 'was changed' }];
  });

/** A plan that cannot be done any more. @param stale at least one. */
export function planIsStale(stale: readonly Stale[]): DomainError {
  return conflict(`Since the plan was made, ${summaryOf(stale)}; validate the file again`, { stale: told(stale) });
}

/** An import that cannot be undone without losing what others did. @param changed at least one. */
export function importIsStale(changed: readonly Stale[]): DomainError {
  const message = `Since the import, ${summaryOf(changed)}; with force=true it is undone all the same`;
  return conflict(message, { changed: told(changed) });
}

function summaryOf([first, ...others]: readonly Stale[]): string {
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return `${first!.type} ${first!.name} ${first!.message}${more}`;
}

const told = (stale: readonly Stale[]): readonly Stale[] => stale.slice(0, MOST_TOLD);
