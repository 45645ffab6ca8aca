import type { GraphEdge, GraphNode } from '../api/graph-types';

export interface Part {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** What hangs together, the largest first; otherwise in the order of the nodes. */
export function connectedParts(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Part[] {
  const parents = new Map(nodes.map(({ key }) => [key, key]));
  const headOf = (key: string): string => {
    let head = key;
    for (let parent = parents.get(head)!; parent !== head; parent = parents.get(head)!) {
      parents.set(head, parents.get(parent)!);
      head = parent;
    }
    return head;
  };
  for (const { source, target } of edges) parents.set(headOf(source), headOf(target));
  const parts = new Map<string, Part>();
  for (const node of nodes) {
    const head = headOf(node.key);
    const part = parts.get(head) ?? { nodes: [], edges: [] };
    part.nodes.push(node);
    parts.set(head, part);
  }
  for (const edge of edges) parts.get(headOf(edge.source))!.edges.push(edge);
  return [...parts.values()].sort((a, b) => b.nodes.length - a.nodes.length);
}
