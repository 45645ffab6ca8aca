import type { GraphEdge, GraphNode } from './graph-node';
import type { Subgraph } from './subgraph';
import { edgeView, idOf, nodeView, unresolvedView, type Identities } from './views';

/**
 * Writes graphs as JSON. Of the next revision almost all nodes and edges are the same, so what was said of each node, and of
 * the edges to it, is remembered: as bytes, since to put bytes together takes a fraction of the time that texts take.
 */
export class GraphJson {
  private readonly nodes = new WeakMap<GraphNode, { id: string | null; part: Buffer }>();
  private readonly edges = new WeakMap<GraphNode, { edges: readonly GraphEdge[]; part: Buffer }>();

  /** The same as of a `GraphView` in the envelope of answers. Edges have to come in the order of the nodes that they lead to. */
  write({ revision, nodes, edges, unresolved, truncated }: Subgraph, ids: Identities): Buffer {
    const edgeParts: Buffer[] = [];
    for (let from = 0, to = 0; from < edges.length; from = to) {
      const { target } = edges[from]!;
      while (edges[to]?.target === target) to++;
      edgeParts.push(this.edgesTo(target, edges.slice(from, to)));
    }
    return Buffer.concat([
      Buffer.from(`{"data":{"revision":${revision},"nodes":`),
      ...listOf(nodes.map((node) => this.node(node, ids))),
      Buffer.from(',"edges":'),
      ...listOf(edgeParts),
      Buffer.from(`,"unresolved":${JSON.stringify(unresolved.map(unresolvedView))},"truncated":${truncated}}}`),
    ]);
  }

  private node(node: GraphNode, ids: Identities): Buffer {
    const id = idOf(node, ids);
    const known = this.nodes.get(node);
    if (known?.id === id) return known.part;
    const part = partOf([nodeView(node, ids)]);
    this.nodes.set(node, { id, part });
    return part;
  }

  private edgesTo(target: GraphNode, edges: readonly GraphEdge[]): Buffer {
    const known = this.edges.get(target);
    if (known?.edges.length === edges.length && known.edges.every((edge, index) => edge === edges[index])) {
      return known.part;
    }
    const part = partOf(edges.map(edgeView));
    this.edges.set(target, { edges, part });
    return part;
  }
}

/** Things of a list, a comma before each. */
const partOf = (views: readonly object[]): Buffer =>
  Buffer.from(views.map((view) => `,${JSON.stringify(view)}`).join(''));

/** A list of such parts, without the first comma. */
const listOf = ([first, ...others]: readonly Buffer[]): Buffer[] => [
  Buffer.from('['),
  ...(first ? [first.subarray(1), ...others] : []),
  Buffer.from(']'),
];
