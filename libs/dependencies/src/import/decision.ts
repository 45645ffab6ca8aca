import type { PortableContent } from '#platform/dependencies';
import { isSame } from '../format';
import type { PlannedItem } from './plan';
import { differences, mergeThree } from './three-way';

/** The three contents that an import compares, with names in the place of ids. */
export interface Three {
  incoming: PortableContent;
  /** What is in the organization now. */
  here?: PortableContent;
  /** What both were made of, where it is known. */
  base?: PortableContent;
}

export type Decision = Pick<PlannedItem, 'action' | 'reason' | 'changes' | 'localChanges' | 'merged'>;

/** What is to be done with one item. A change that was made here is never lost without somebody saying so. */
export function decide({ incoming, here, base }: Three): Decision {
  if (!here) return { action: 'create', changes: [] };
  if (isSame(here, incoming)) return { action: 'unchanged', changes: [] };
  const changes = differences(here, incoming);
  if (!base) return { action: 'conflict', reason: 'It differs, and what both were made of is not known here', changes };
  const localChanges = differences(base, here);
  if (localChanges.length === 0) return { action: 'update', changes };
  if (isSame(base, incoming)) {
    return {
      action: 'unchanged',
      reason: 'It was changed here alone, which stays as it is',
      changes: [],
      localChanges,
    };
  }
  const { merged, conflicts } = mergeThree(base, here, incoming);
  if (conflicts.length > 0) {
    return { action: 'conflict', reason: 'The same was changed here and there', changes: conflicts, localChanges };
  }
  const result = merged as PortableContent;
  if (isSame(here, result)) {
    return { action: 'unchanged', reason: 'What the file changes is here already', changes: [], localChanges };
  }
  return {
    action: 'update',
    reason: 'It was changed here and there, in different places: both changes are kept',
    changes: differences(here, result),
    localChanges,
    merged: result,
  };
}
