import type { GraphNodeView, GraphView } from '../../dto/graph.dto';

/** A graph that is to be drawn, by keys what is marked in it. */
export interface Drawing {
  graph: GraphView;
  /** What was asked about. */
  root?: string | undefined;
  /** What breaks. */
  broken?: readonly string[];
}

/** What a node is called in drawings, and how it looks. */
export interface DrawnNode {
  id: string;
  label: string;
  type: string;
  look: 'plain' | 'missing' | 'pattern';
  mark?: 'root' | 'broken';
}

export interface DrawnEdge {
  from: string;
  to: string;
  kind: 'uses' | 'part' | 'matches';
}

/** Nodes by numbers: keys hold whatever people write. */
export function drawn({ graph, root, broken = [] }: Drawing): { nodes: DrawnNode[]; edges: DrawnEdge[] } {
  const ids = new Map(graph.nodes.map(({ key }, n) => [key, `n${n}`]));
  const breaks = new Set(broken);
  const nodes = graph.nodes.map((node): DrawnNode => {
    const mark = node.key === root ? 'root' : breaks.has(node.key) ? 'broken' : undefined;
    return {
      id: ids.get(node.key)!,
      label: `${node.type}: ${node.name}`,
      type: node.type,
      look: lookOf(node),
      ...(mark && { mark }),
    };
  });
  const edges = graph.edges.map(({ source, target, kind }) => ({ from: ids.get(source)!, to: ids.get(target)!, kind }));
  return { nodes, edges };
}

const lookOf = ({ pattern, exists }: GraphNodeView): DrawnNode['look'] =>
  pattern ? 'pattern' : exists ? 'plain' : 'missing';

/** Of the types of the product. */
const FILLS: ReadonlyMap<string, string> = new Map([
  ['connection', '#dbeafe'],
  ['function', '#e0f2fe'],
  ['topic', '#dcfce7'],
  ['model', '#fef9c3'],
  ['pipeline', '#fae8ff'],
  ['dashboard', '#ffedd5'],
  ['schema-binding', '#f1f5f9'],
]);

export const fillOf = (type: string): string => FILLS.get(type) ?? '#ffffff';

export const ROOT_STROKE = '#1d4ed8';
export const BROKEN_STROKE = '#b91c1c';
