import type { GraphEdge, GraphNode } from './graph-node';

export type Direction = 'dependents' | 'dependencies';

/** References that are followed one after the other. */
export const MOST_STEPS = 20;

/** A node that was come to from others. */
export interface Reached {
  node: GraphNode;
  /** Steps from where it began; from a path to a filter that selects it, or back, is none. */
  distance: number;
  /** The last steps of all shortest ways, with those they were made from. Empty where it began. */
  steps: { from: Reached; edge: GraphEdge }[];
}

/** That a filter selects a path is no step: who subscribes to the filter subscribes to the path. */
const length = ({ source }: GraphEdge): number => (source.pattern ? 0 : 1);

const edgesOf = (node: GraphNode, direction: Direction): readonly GraphEdge[] =>
  direction === 'dependents' ? node.in : node.out;

const otherEnd = (edge: GraphEdge, direction: Direction): GraphNode =>
  direction === 'dependents' ? edge.source : edge.target;

/** Everything within so many steps from the nodes, these first, then by distance. Goes round in circles no second time. */
export function reach(begin: Iterable<GraphNode>, direction: Direction, depth: number): Map<GraphNode, Reached> {
  const reached = new Map<GraphNode, Reached>();
  let level: Reached[] = [];
  for (const node of begin) {
    const first = { node, distance: 0, steps: [] };
    reached.set(node, first);
    level.push(first);
  }
  const walk = (from: Reached, edge: GraphEdge, next: Reached[]): void => {
    const node = otherEnd(edge, direction);
    const distance = from.distance + length(edge);
    const known = reached.get(node);
    if (known && known.distance < distance) return;
    if (known && known.distance === distance) {
      // Where it began has no steps, and gets none by going round.
      if (known.steps.length > 0) known.steps.push({ from, edge });
      return;
    }
    const found = { node, distance, steps: [{ from, edge }] };
    reached.set(node, found);
    next.push(found);
  };
  for (let distance = 0; level.length > 0; distance++) {
    // What is no further is found first, so that whatever is set by a longer step is never nearer.
    for (let at = 0; at < level.length; at++) {
      for (const edge of edgesOf(level[at]!.node, direction)) if (length(edge) === 0) walk(level[at]!, edge, level);
    }
    if (distance === depth) break;
    const next: Reached[] = [];
    for (const from of level) {
      for (const edge of edgesOf(from.node, direction)) if (length(edge) > 0) walk(from, edge, next);
    }
    level = next;
  }
  return reached;
}

/** Shortest ways to it as the keys of their nodes, where it began first; at most so many. */
export function pathsTo(end: Reached, most: number): string[][] {
  const found: string[][] = [];
  const walk = (at: Reached, rest: readonly string[]): void => {
    const path = [at.node.key, ...rest];
    if (at.steps.length === 0) found.push(path);
    for (const { from } of at.steps) {
      if (found.length >= most) return;
      walk(from, path);
    }
  };
  walk(end, []);
  return found;
}

/** All entities and paths within so many steps but those where it begins, by distance, type and name. */
export const relatedTo = (begin: readonly GraphNode[], direction: Direction, depth: number): Reached[] =>
  [...reach(begin, direction, depth).values()]
    .filter(({ node, steps }) => steps.length > 0 && !node.pattern)
    .sort(nearestFirst);

export const nearestFirst = (a: Reached, b: Reached): number =>
  a.distance - b.distance || compare(a.node.type, b.node.type) || compare(a.node.name, b.node.name);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The reference by which it was come to: one without which something breaks, where there is any. */
export function referenceOf({ steps }: Reached, direction: Direction): GraphEdge {
  const step = steps.find(({ edge }) => edge.kind === 'uses') ?? steps[0]!;
  // That a filter selects a path is written down nowhere; what names the filter is.
  const filter = direction === 'dependencies' && step.edge.source.pattern ? step.from : undefined;
  return filter && filter.steps.length > 0 ? referenceOf(filter, direction) : step.edge;
}
