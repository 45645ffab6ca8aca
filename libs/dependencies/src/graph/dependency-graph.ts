import type { ReferenceKind } from '#platform/dependencies';
import { FilterTrie } from '#platform/mqtt';
import type { GraphChanges, GraphRows } from '../index/index-rows';
import {
  entityKey,
  insert,
  isSelection,
  newNode,
  remove,
  selection,
  type Entry,
  type GraphEdge,
  type GraphNode,
} from './graph-node';
import { compare } from './reach';

/** From filters to the paths they select: what many filters could have without end. */
const MOST_SELECTIONS = 200_000;

/** Of MQTT filters: `+` for a level, `#` for all that follow. */
const WILDCARD = /(?:^|\/)(?:\+|#)(?:\/|$)/;

type Key = readonly [type: string, key: string];

/** Filters by the type of what they select. */
type Filters = Map<string, FilterTrie<GraphNode>>;

/**
 * Who refers to whom in one organization, as of one revision; it follows what changes. Nodes and edges are never changed,
 * but replaced, and told in the same order however the graph has come about.
 */
export class DependencyGraph {
  readonly nodes = new Map<string, GraphNode>();
  /** Whether some selections of filters were left out. */
  truncated = false;
  private revisionNow = 0;
  /** What others refer to and does not exist. */
  private readonly absent = new Map<string, GraphNode>();
  private readonly filters: Filters = new Map();
  private edges = 0;
  private selections = 0;
  /** As told last, and what has come to the nodes and left them since. */
  private order: readonly GraphNode[] = [];
  private readonly come = new Set<GraphNode>();
  private readonly left = new Set<GraphNode>();

  /** @param isPath whether entities of a type are named by paths, which others may name before anything is there. */
  constructor(
    rows: GraphRows,
    private readonly isPath: (type: string) => boolean,
  ) {
    this.follow({ ...rows, changed: [] });
  }

  get revision(): number {
    return this.revisionNow;
  }

  /** How much of memory it takes: its nodes and edges. */
  get size(): number {
    return this.nodes.size + this.absent.size + this.edges;
  }

  /** Its nodes by types and names. Those that stay are in order already, of which sorting makes use. */
  inOrder(): readonly GraphNode[] {
    if (this.come.size + this.left.size > 0) {
      this.order = [...this.order.filter((node) => !this.left.has(node)), ...this.come].sort(byName);
      this.come.clear();
      this.left.clear();
    }
    return this.order;
  }

  /** Makes it what it is as of a later revision. What is not later changes nothing. */
  follow({ revision, changed, entities, references }: GraphChanges): void {
    if (revision <= this.revisionNow) return;
    this.revisionNow = revision;
    const taken = new Set<GraphNode>();
    const added = new Set<GraphNode>();
    const standing = (text: string): GraphNode | undefined => this.nodes.get(text) ?? this.absent.get(text);
    const take = (node: GraphNode | undefined): void => {
      if (!node) return;
      this.take(node);
      taken.add(node);
    };
    const add = (entry: Entry): GraphNode => {
      const node = this.add(newNode(entry));
      added.add(node);
      return node;
    };
    const refer = (source: GraphNode, kind: ReferenceKind, [type, key]: Key, via: readonly string[]): void => {
      const target = standing(`${type}:${key}`) ?? add(this.named(type, key));
      this.join({ source, target, kind, via });
    };

    for (const [type, key] of changed) take(this.nodes.get(`${type}:${key}`));
    for (const [type, key, id, name] of entities) {
      // Others may have referred to it already.
      take(standing(`${type}:${key}`));
      add({ type, key, id, name });
    }
    for (const [sourceType, sourceKey, kind, type, key, via] of references) {
      refer(this.nodes.get(`${sourceType}:${sourceKey}`)!, kind, [type, key], via);
    }
    // Whoever has stayed refers to what has come in the place of what was taken.
    for (const edge of [...taken].flatMap((node) => node.in)) {
      const { source, target, kind, via } = edge;
      if (isSelection(edge) || this.nodes.get(source.key) !== source) continue;
      const { type, key } = entityKey(target);
      refer(source, kind, [type, key], via);
    }
    for (const { target } of [...taken].flatMap((node) => [...node.out, ...node.unresolved])) {
      if (this.isForgotten(target)) this.take(target);
    }
    this.select(added);
  }

  /** A node for a path that nobody names, though filters may select it. It is no part of the graph. */
  lone(type: string, path: string): GraphNode {
    const node = newNode({ type, key: path, id: null, name: path });
    this.filters.get(type)?.match(path, (_, filter) => insert(node.in, selection(filter, node), 'source'));
    return node;
  }

  /** What is there because others name it. */
  private named(type: string, key: string): Entry {
    return { type, key, name: key, id: null, pattern: this.isPath(type) && WILDCARD.test(key) };
  }

  private isAbsent({ id, type }: GraphNode): boolean {
    return id === null && !this.isPath(type);
  }

  /** Whether it was there only for others, and they are gone. */
  private isForgotten(node: GraphNode): boolean {
    return node.id === null && this.places(node).get(node.key) === node && node.in.every(isSelection);
  }

  private places(node: GraphNode): Map<string, GraphNode> {
    return this.isAbsent(node) ? this.absent : this.nodes;
  }

  private add(node: GraphNode): GraphNode {
    this.places(node).set(node.key, node);
    if (!this.isAbsent(node)) this.come.add(node);
    if (node.pattern) setFilter(this.filters, node);
    return node;
  }

  /** Takes a node out with all its edges, which the node itself still knows. */
  private take(node: GraphNode): void {
    this.places(node).delete(node.key);
    if (!this.come.delete(node) && !this.isAbsent(node)) this.left.add(node);
    if (node.pattern) this.filters.get(node.type)?.delete(entityKey(node).key, node.key);
    for (const edge of [...node.out, ...node.unresolved]) {
      remove(edge.target.in, edge);
      this.count(edge, -1);
    }
    for (const edge of node.in) {
      remove(this.isAbsent(node) ? edge.source.unresolved : edge.source.out, edge);
      this.count(edge, -1);
    }
  }

  private join(edge: GraphEdge): void {
    insert(this.isAbsent(edge.target) ? edge.source.unresolved : edge.source.out, edge, 'target');
    insert(edge.target.in, edge, 'source');
    this.count(edge, 1);
  }

  private count(edge: GraphEdge, by: 1 | -1): void {
    this.edges += by;
    if (isSelection(edge)) this.selections += by;
  }

  /** Joins filters with the paths that they select, where one of both is new. */
  private select(added: ReadonlySet<GraphNode>): void {
    const fresh: Filters = new Map();
    for (const node of added) if (node.pattern) setFilter(fresh, node);
    for (const node of fresh.size > 0 ? this.nodes.values() : added) {
      if (node.pattern || this.truncated) continue;
      const filters = (added.has(node) ? this.filters : fresh).get(node.type);
      filters?.match(entityKey(node).key, (_, filter) => {
        if (this.selections < MOST_SELECTIONS) this.join(selection(filter, node));
        else this.truncated = true;
      });
    }
  }
}

const byName = (a: GraphNode, b: GraphNode): number =>
  compare(a.type, b.type) || compare(a.name, b.name) || compare(a.key, b.key);

function setFilter(filters: Filters, filter: GraphNode): void {
  let known = filters.get(filter.type);
  if (!known) filters.set(filter.type, (known = new FilterTrie()));
  known.set(entityKey(filter).key, filter.key, filter);
}
