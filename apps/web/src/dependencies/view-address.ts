/* What is looked at stands in the address: it can be sent to others, and the browser goes back to it. */

export const DIRECTIONS = ['both', 'dependents', 'dependencies'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const DEPTHS = [1, 2, 3, 4, 5] as const;
const DEFAULT_DEPTH = 2;

export interface View {
  /** Key of the entity around which to look; nothing for all of them. */
  root: string;
  direction: Direction;
  depth: number;
  /** Types that are not shown. */
  hidden: ReadonlySet<string>;
}

/** What makes no sense is what it would be if it were left out. */
export function viewOf(query: URLSearchParams): View {
  const direction = DIRECTIONS.find((one) => one === query.get('direction')) ?? 'both';
  const depth = DEPTHS.find((one) => String(one) === query.get('depth')) ?? DEFAULT_DEPTH;
  const hidden = new Set((query.get('hide') ?? '').split(',').filter((type) => type !== ''));
  return { root: query.get('root') ?? '', direction, depth, hidden };
}

export function addressOf({ root, direction, depth, hidden }: View): string {
  const query = new URLSearchParams();
  if (root !== '') {
    query.set('root', root);
    if (depth !== DEFAULT_DEPTH) query.set('depth', String(depth));
    if (direction !== 'both') query.set('direction', direction);
  }
  if (hidden.size > 0) query.set('hide', [...hidden].sort().join(','));
  const text = query.toString();
  return text === '' ? '/dependencies' : `/dependencies?${text}`;
}

/** Of `topic:mHv1.0/line-1/speed`, as part of an address of the API. */
export function entityPath(key: string): string {
  const at = key.indexOf(':');
  return `/dependencies/graph/${encodeURIComponent(key.slice(0, at))}/${encodeURIComponent(key.slice(at + 1))}`;
}
