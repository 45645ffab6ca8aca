import { keyText, type EntityKey, type ReferenceKind } from '#platform/dependencies';
import { FilterTrie } from '#platform/mqtt';
import type { EntityRow, ReferenceRow } from '../index/index-rows';

/** An entity, a path that others name, or a filter that selects such paths. */
export interface GraphNode {
  /** `pipeline:01890a5d-…`, `topic:mHv1.0/line-1/speed` */
  readonly key: string;
  readonly type: string;
  readonly name: string;
  /** Null for paths and filters; whether there is anything at a path is not the graph's to know. */
  readonly id: string | null;
  readonly pattern: boolean;
  /** What it refers to. */
  readonly out: GraphEdge[];
  /** Who refers to it. */
  readonly in: GraphEdge[];
}

export interface GraphEdge {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly kind: ReferenceKind;
  /** Places in the source; none where a filter selects a path, which nobody wrote down. */
  readonly via: readonly string[];
}

/** A reference to what does not exist. */
export interface Unresolved {
  readonly source: GraphNode;
  readonly type: string;
  readonly key: string;
  readonly via: readonly string[];
}

/** From filters to the paths they select: what many filters could have without end. */
const MOST_SELECTIONS = 200_000;

/** Of MQTT filters: `+` for a level, `#` for all that follow. */
const WILDCARD = /(?:^|\/)(?:\+|#)(?:\/|$)/;

/** Who refers to whom in one organization, as of one revision. It is never changed. */
export class DependencyGraph {
  readonly nodes = new Map<string, GraphNode>();
  readonly unresolved: Unresolved[] = [];
  /** Whether some selections of filters were left out. */
  truncated = false;
  /** How much of memory it takes: its nodes and edges. */
  readonly size: number;
  /** Filters by the type of what they select. */
  private readonly filters = new Map<string, FilterTrie<GraphNode>>();

  /** @param isPath whether entities of a type are named by paths, which others may name before anything is there. */
  constructor(
    readonly revision: number,
    entities: readonly EntityRow[],
    references: readonly ReferenceRow[],
    private readonly isPath: (type: string) => boolean,
  ) {
    for (const [type, key, id, name] of entities) this.add({ type, key, id, name });
    for (const reference of references) this.refer(reference);
    this.size = this.nodes.size + references.length + this.select();
  }

  /** A node for a path that nobody names, though filters may select it. It is no part of the graph. */
  lone(type: string, path: string): GraphNode {
    const node = newNode({ type, key: path, id: null, name: path });
    this.filters.get(type)?.match(path, (_, filter) => node.in.push(selection(filter, node)));
    return node;
  }

  private add(entity: Entry): GraphNode {
    const node = newNode(entity);
    this.nodes.set(node.key, node);
    return node;
  }

  private refer([sourceType, sourceKey, kind, type, key, via]: ReferenceRow): void {
    const source = this.nodes.get(`${sourceType}:${sourceKey}`)!;
    const target = this.nodes.get(`${type}:${key}`) ?? this.addNamed(type, key, kind);
    if (target) join({ source, target, kind, via });
    else this.unresolved.push({ source, type, key, via });
  }

  /** What is there because others name it. */
  private addNamed(type: string, key: string, kind: ReferenceKind): GraphNode | undefined {
    if (kind !== 'matches' || !WILDCARD.test(key)) {
      return this.isPath(type) ? this.add({ type, key, name: key, id: null }) : undefined;
    }
    const filter = this.add({ type, key, name: key, id: null, pattern: true });
    let filters = this.filters.get(type);
    if (!filters) this.filters.set(type, (filters = new FilterTrie()));
    filters.set(key, key, filter);
    return filter;
  }

  /** Joins filters with the paths that they select; tells how many times. */
  private select(): number {
    let count = 0;
    for (const node of this.nodes.values()) {
      if (node.pattern || this.truncated) continue;
      this.filters.get(node.type)?.match(entityKey(node).key, (_, filter) => {
        if (count < MOST_SELECTIONS) join(selection(filter, node));
        count++;
      });
      this.truncated = count > MOST_SELECTIONS;
    }
    return Math.min(count, MOST_SELECTIONS);
  }
}

interface Entry {
  type: string;
  key: string;
  name: string;
  id: string | null;
  pattern?: boolean;
}

const newNode = ({ type, key, name, id, pattern = false }: Entry): GraphNode => ({
  key: keyText({ type, key }),
  type,
  name,
  id,
  pattern,
  out: [],
  in: [],
});

export const entityKey = ({ key, type }: GraphNode): EntityKey => ({ type, key: key.slice(type.length + 1) });

const selection = (filter: GraphNode, path: GraphNode): GraphEdge => ({
  source: filter,
  target: path,
  kind: 'matches',
  via: [],
});

function join(edge: GraphEdge): void {
  edge.source.out.push(edge);
  edge.target.in.push(edge);
}
