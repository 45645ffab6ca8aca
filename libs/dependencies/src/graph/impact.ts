import type { GraphNode } from './graph-node';
import { MOST_STEPS, relatedTo, type Reached } from './reach';

export const ACTIONS = ['delete', 'disable', 'change'] as const;
export type Action = (typeof ACTIONS)[number];

/** Types of what can be switched off. */
export const DISABLED_TYPES: readonly string[] = ['connection', 'pipeline'];

export type Effect = 'breaks' | 'affected';

export interface Affected {
  node: GraphNode;
  reached: Reached;
  effect: Effect;
}

/**
 * What an action on entities does to others, those that break first, then by distance. Their parts go with them and are told
 * of only where they stay. Whoever refers to what breaks, or by a filter alone, does not break but is affected.
 */
export function impactOf(entities: readonly GraphNode[], action: Action): Affected[] {
  const gone = action === 'change' ? new Set<GraphNode>() : withParts(entities);
  const breaks = new Set<GraphNode>();
  for (const node of gone) {
    for (const { kind, source } of node.in) if (kind === 'uses') breaks.add(source);
  }
  const affected = relatedTo(entities, 'dependents', MOST_STEPS)
    .filter(({ node }) => !gone.has(node))
    .map((reached): Affected => {
      const { node } = reached;
      return { node, reached, effect: breaks.has(node) ? 'breaks' : 'affected' };
    });
  return [
    ...affected.filter(({ effect }) => effect === 'breaks'),
    ...affected.filter(({ effect }) => effect === 'affected'),
  ];
}

function withParts(entities: readonly GraphNode[]): Set<GraphNode> {
  const all = new Set(entities);
  // What is added while the set is gone through comes up, too.
  for (const node of all) {
    for (const { kind, source } of node.in) if (kind === 'part') all.add(source);
  }
  return all;
}
