import type { GraphEdge, GraphNode } from './graph-node';
import type { Subgraph } from './subgraph';
import { edgeView, idOf, nodeView, unresolvedView, type Identities } from './views';

/** Writes graphs as JSON. Of the next revision almost all nodes and edges are the same, so what they say is remembered. */
export class GraphJson {
  private readonly nodes = new WeakMap<GraphNode, { id: string | null; text: string }>();
  private readonly edges = new WeakMap<GraphEdge, string>();

  /** The same as of a `GraphView` in the envelope of answers. */
  write({ revision, nodes, edges, unresolved, truncated }: Subgraph, ids: Identities): string {
    const parts = [
      `"revision":${revision}`,
      `"nodes":[${nodes.map((node) => this.node(node, ids)).join()}]`,
      `"edges":[${edges.map((edge) => this.edge(edge)).join()}]`,
      `"unresolved":${JSON.stringify(unresolved.map(unresolvedView))}`,
      `"truncated":${truncated}`,
    ];
    return `{"data":{${parts.join()}}}`;
  }

  private node(node: GraphNode, ids: Identities): string {
    const id = idOf(node, ids);
    const known = this.nodes.get(node);
    if (known?.id === id) return known.text;
    const text = JSON.stringify(nodeView(node, ids));
    this.nodes.set(node, { id, text });
    return text;
  }

  private edge(edge: GraphEdge): string {
    const known = this.edges.get(edge);
    if (known !== undefined) return known;
    const text = JSON.stringify(edgeView(edge));
    this.edges.set(edge, text);
    return text;
  }
}
