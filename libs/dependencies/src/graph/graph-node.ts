import { keyText, type EntityKey, type ReferenceKind } from '#platform/dependencies';

/** An entity, a path that others name, or a filter that selects such paths. */
export interface GraphNode {
  /** `pipeline:01890a5d-…`, `topic:mHv1.0/line-1/speed` */
  readonly key: string;
  readonly type: string;
  readonly name: string;
  /** Null for paths and filters; whether there is anything at a path is not the graph's to know. */
  readonly id: string | null;
  readonly pattern: boolean;
  /** What it refers to, in the order of their keys. */
  readonly out: GraphEdge[];
  /** Who refers to it, in the order of their keys. */
  readonly in: GraphEdge[];
  /** What it refers to and does not exist. */
  readonly unresolved: GraphEdge[];
}

export interface GraphEdge {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly kind: ReferenceKind;
  /** Places in the source; none where a filter selects a path, which nobody wrote down. */
  readonly via: readonly string[];
}

/** What a node is made of. */
export interface Entry {
  type: string;
  key: string;
  name: string;
  id: string | null;
  pattern?: boolean;
}

export const newNode = ({ type, key, name, id, pattern = false }: Entry): GraphNode => ({
  key: keyText({ type, key }),
  type,
  name,
  id,
  pattern,
  out: [],
  in: [],
  unresolved: [],
});

export const entityKey = ({ key, type }: GraphNode): EntityKey => ({ type, key: key.slice(type.length + 1) });

/** That a filter selects a path. */
export const selection = (filter: GraphNode, path: GraphNode): GraphEdge => ({
  source: filter,
  target: path,
  kind: 'matches',
  via: [],
});

/** Whether nobody wrote it down. */
export const isSelection = ({ source }: GraphEdge): boolean => source.pattern;

/** Puts an edge where its order is, so that a graph that has followed changes is told like one that was just read. */
export function insert(edges: GraphEdge[], edge: GraphEdge, end: 'source' | 'target'): void {
  const isAfter = (other: GraphEdge): boolean =>
    other[end].key > edge[end].key || (other[end].key === edge[end].key && other.kind > edge.kind);
  // Rows come in this order, too: mostly it is the last one.
  if (edges.length === 0 || !isAfter(edges.at(-1)!)) {
    edges.push(edge);
    return;
  }
  let [from, to] = [0, edges.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isAfter(edges[middle]!)) to = middle;
    else from = middle + 1;
  }
  edges.splice(from, 0, edge);
}

export function remove(edges: GraphEdge[], edge: GraphEdge): void {
  edges.splice(edges.indexOf(edge), 1);
}
