import { TOPIC_ROOT } from '#kernel';

/*
 * Where topics lie, told by their paths. Paths compare by code points, in which `0` comes right after `/`: what lies below
 * a topic is what lies between the two.
 */

/** The paths below a topic, both ends exclusive. */
export const below = (path: string): [from: string, to: string] => [`${path}/`, `${path}0`];

export const isBelow = (path: string, ancestor: string): boolean => path.startsWith(`${ancestor}/`);

/** The topic that it lies in; null for those at the top. */
export function parentOf(path: string): string | null {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return parent === TOPIC_ROOT ? null : parent;
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The filter of a topic with all below it. */
export const branchOf = (path: string): string => `${path}/#`;
