import type { JsonValue } from '#kernel';

export interface PipelineNode {
  id: string;
  /** By which expressions know it; unique in its pipeline. */
  name: string;
  /** `flow.condition` */
  type: string;
  parameters: { [name: string]: JsonValue };
  /** It is left out: what comes in goes out unchanged. */
  disabled: boolean;
}

export interface PipelineEdge {
  id: string;
  source: string;
  sourcePort: string;
  target: string;
  targetPort: string;
}

/** What the rules need to know of a node type. */
export interface NodeShape {
  /** It starts runs, and nothing leads into it. */
  trigger: boolean;
  inputs: readonly string[];
  /** May depend on the parameters, as the cases of a switch do. */
  outputs: (parameters: PipelineNode['parameters']) => readonly string[];
  /** Edges that have to lead into it. */
  leastInputs?: number;
  /** Where a loop begins or ends. */
  loop?: 'begin' | 'end';
}

export interface GraphProblem {
  nodeId?: string;
  edgeId?: string;
  message: string;
}

/** Nodes and edges with what leads where. */
export class PipelineGraph<N extends PipelineNode = PipelineNode> {
  readonly byId: ReadonlyMap<string, N>;
  private readonly from = new Map<string, PipelineEdge[]>();
  private readonly into = new Map<string, PipelineEdge[]>();

  constructor(
    readonly nodes: readonly N[],
    readonly edges: readonly PipelineEdge[],
  ) {
    this.byId = new Map(nodes.map((node) => [node.id, node]));
    for (const edge of edges) {
      append(this.from, edge.source, edge);
      append(this.into, edge.target, edge);
    }
  }

  outgoing(nodeId: string): readonly PipelineEdge[] {
    return this.from.get(nodeId) ?? [];
  }

  incoming(nodeId: string): readonly PipelineEdge[] {
    return this.into.get(nodeId) ?? [];
  }

  /** Nodes that are reached from these by their edges, without these unless a cycle leads back. */
  reachedFrom(starts: readonly string[]): Set<string> {
    return this.walk(starts, (id) => this.outgoing(id).map(({ target }) => target));
  }

  /** Nodes from which one is reached: those that may have run before it. */
  leadingTo(nodeId: string): Set<string> {
    return this.walk([nodeId], (id) => this.incoming(id).map(({ source }) => source));
  }

  /** In an order in which each node comes after all that lead to it; nodes of cycles are missing. (Kahn) */
  inOrder(): N[] {
    const waiting = new Map(this.nodes.map(({ id }) => [id, this.incoming(id).length]));
    const ready = this.nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
    const order: N[] = [];
    for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
      order.push(this.byId.get(id)!);
      for (const { target } of this.outgoing(id)) {
        const left = (waiting.get(target) ?? 0) - 1;
        waiting.set(target, left);
        if (left === 0) ready.push(target);
      }
    }
    return order;
  }

  private walk(starts: readonly string[], next: (id: string) => string[]): Set<string> {
    const found = new Set<string>();
    const open = starts.flatMap(next);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      open.push(...next(id));
    }
    return found;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
