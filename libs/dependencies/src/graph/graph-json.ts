import type { GraphEdge, GraphNode } from './graph-node';
import type { Subgraph } from './subgraph';
import { edgeView, idOf, nodeView, unresolvedView, type Identities } from './views';

/** Writes graphs as JSON. Of the next revision almost all nodes and edges are the same, so what they say is remembered. */
export class GraphJson {
  private readonly nodes = new WeakMap<GraphNode, { id: string | null; text: string }>();
  private readonly edges = new WeakMap<GraphEdge, string>();

  /** The same as of a `GraphView` in the envelope of answers. */
  write({ revision, nodes, edges, unresolved, truncated }: Subgraph, ids: Identities): Buffer {
    return Buffer.concat([
      Buffer.from(`{"data":{"revision":${revision},"nodes":`),
      listOf(nodes.map((node) => this.node(node, ids))),
      Buffer.from(',"edges":'),
      listOf(edges.map((edge) => this.edge(edge))),
      Buffer.from(`,"unresolved":${JSON.stringify(unresolved.map(unresolvedView))},"truncated":${truncated}}}`),
    ]);
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

/** A list of what is JSON already, without a text of all of it in between: that takes three times as long. */
function listOf(texts: readonly string[]): Buffer {
  const list = Buffer.allocUnsafe(texts.reduce((size, text) => size + Buffer.byteLength(text) + 1, 2));
  let at = list.write('[');
  for (const [index, text] of texts.entries()) {
    if (index > 0) at += list.write(',', at);
    at += list.write(text, at);
  }
  return list.subarray(0, at + list.write(']', at));
}
