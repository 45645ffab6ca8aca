import type { Weight } from '#platform/dependencies';
import type {
  AffectedEntity,
  AskedEntity,
  GraphEdgeView,
  GraphNodeView,
  GraphView,
  RelatedEntity,
  UnresolvedView,
} from '../dto/graph.dto';
import { entityKey, type GraphEdge, type GraphNode } from './graph-node';
import type { Affected } from './impact';
import { pathsTo, referenceOf, type Direction, type Reached } from './reach';
import type { Subgraph } from './subgraph';

/** Ids of what is at the paths of a graph, by the keys of their nodes. */
export type Identities = ReadonlyMap<string, string>;

type Weights = ReadonlyMap<string, Weight>;

/** Ways that are told of one entity. */
const MOST_PATHS = 3;

export const graphView = ({ revision, nodes, edges, unresolved, truncated }: Subgraph, ids: Identities): GraphView => ({
  revision,
  nodes: nodes.map((node) => nodeView(node, ids)),
  edges: edges.map(edgeView),
  unresolved: unresolved.map(unresolvedView),
  truncated,
});

export function askedView(node: GraphNode, ids: Identities): AskedEntity {
  const { key, type, name } = node;
  return { key, type, id: idOf(node, ids), name };
}

export function relatedView(reached: Reached, direction: Direction, ids: Identities, weights: Weights): RelatedEntity {
  const { kind, via } = referenceOf(reached, direction);
  const [path = []] = pathsTo(reached, 1);
  const { distance, node } = reached;
  return { ...askedView(node, ids), kind, distance, via: [...via], path, ...weightOf(node, weights) };
}

export function affectedView({ node, reached, effect }: Affected, ids: Identities, weights: Weights): AffectedEntity {
  const paths = pathsTo(reached, MOST_PATHS);
  return { ...askedView(node, ids), effect, distance: reached.distance, paths, ...weightOf(node, weights) };
}

export function nodeView(node: GraphNode, ids: Identities): GraphNodeView {
  const { key, type, name, pattern } = node;
  const id = idOf(node, ids);
  return { key, type, id, name, exists: id !== null || pattern, pattern };
}

export const edgeView = ({ source, target, kind, via }: GraphEdge): GraphEdgeView => ({
  source: source.key,
  target: target.key,
  kind,
  via: [...via],
});

export const unresolvedView = ({ source, target, via }: GraphEdge): UnresolvedView => ({
  source: source.key,
  ...entityKey(target),
  via: [...via],
});

/** Entities of the graph know theirs; at a path there may be something since. */
export const idOf = (node: GraphNode, ids: Identities): string | null => node.id ?? ids.get(node.key) ?? null;

function weightOf(node: GraphNode, weights: Weights): { weight?: Weight } {
  const weight = weights.get(node.key);
  return weight ? { weight } : {};
}
