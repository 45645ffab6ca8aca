import type { DependencyGraph, GraphEdge, GraphNode, Unresolved } from './dependency-graph';
import { reach, type Direction } from './reach';

/** Some nodes of a graph with all edges between them. */
export interface Subgraph {
  revision: number;
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  unresolved: readonly Unresolved[];
  truncated: boolean;
}

const wholes = new WeakMap<DependencyGraph, Subgraph>();

/** All of a graph; put together once. */
export function wholeGraph(graph: DependencyGraph): Subgraph {
  let whole = wholes.get(graph);
  if (!whole) wholes.set(graph, (whole = among(graph, new Set(graph.nodes.values()))));
  return whole;
}

/** What depends on nodes, what they depend on, or both, so many steps far. Their dependents' other dependencies are not. */
export function subgraph(
  graph: DependencyGraph,
  roots: readonly GraphNode[],
  direction: Direction | 'both',
  depth: number,
): Subgraph {
  const directions: Direction[] = direction === 'both' ? ['dependents', 'dependencies'] : [direction];
  return among(graph, new Set(directions.flatMap((way) => [...reach(roots, way, depth).keys()])));
}

function among(graph: DependencyGraph, nodes: ReadonlySet<GraphNode>): Subgraph {
  const { revision, truncated, unresolved } = graph;
  return {
    revision,
    nodes: [...nodes],
    // By their targets: a path that nobody names has edges of its own, of which filters do not know.
    edges: [...nodes].flatMap((node) => node.in.filter(({ source }) => nodes.has(source))),
    unresolved: unresolved.filter(({ source }) => nodes.has(source)),
    truncated,
  };
}
