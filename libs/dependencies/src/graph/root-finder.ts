import { Injectable } from '@nestjs/common';
import { invalid, isId, notFound, textProblem } from '#kernel';
import { keyText, type EntityKey } from '#platform/dependencies';
import { Contributors } from '../index/contributors';
import { entityKey, type DependencyGraph, type GraphNode } from './dependency-graph';
import type { Identities } from './views';

/** Paths that are looked up in one query. */
const MOST_PATHS = 10_000;

/** Finds what people name by type and id, or by type and path. */
@Injectable()
export class RootFinder {
  /** Of whole graphs, which are told again and again, for as long as they are remembered. */
  private readonly paths = new WeakMap<readonly GraphNode[], Map<string, string[]>>();

  constructor(private readonly contributors: Contributors) {}

  /** @throws DomainError `bad_request` for types that are none; `not_found`, by the type's name: `Pipeline not found`. */
  async find(organizationId: string, graph: DependencyGraph, { type, key }: EntityKey): Promise<GraphNode> {
    const { types } = this.contributors;
    if (!types.includes(type)) {
      throw invalid({ field: 'type', message: `Type must be one of ${types.join(', ')}` });
    }
    const named = isId(key) ? key.toLowerCase() : key;
    const node = textProblem(key) === undefined && (await this.lookUp(organizationId, graph, type, named));
    if (!node) throw notFound(titleOf(type));
    return node;
  }

  /** What there is at the paths among the nodes. */
  async identify(organizationId: string, nodes: readonly GraphNode[]): Promise<Identities> {
    const identities = new Map<string, string>();
    const known = this.paths.get(nodes) ?? pathsOf(nodes);
    this.paths.set(nodes, known);
    for (const [type, paths] of known) {
      for (let at = 0; at < paths.length; at += MOST_PATHS) {
        const found = await this.contributors.identify(organizationId, type, paths.slice(at, at + MOST_PATHS));
        for (const [key, id] of found) identities.set(keyText({ type, key }), id);
      }
    }
    return identities;
  }

  private async lookUp(
    organizationId: string,
    graph: DependencyGraph,
    type: string,
    key: string,
  ): Promise<GraphNode | undefined> {
    const known = graph.nodes.get(keyText({ type, key }));
    if (known || !this.contributors.isNamedByPath(type)) return known;
    const path = isId(key) ? await this.contributors.locate(organizationId, type, key) : key;
    if (path === undefined) return undefined;
    const named = graph.nodes.get(keyText({ type, key: path }));
    if (named) return named;
    const found = await this.contributors.identify(organizationId, type, [path]);
    return found.has(path) ? graph.lone(type, path) : undefined;
  }
}

/** `schema-binding` → `Schema binding` */
const titleOf = (type: string): string => (type.charAt(0).toUpperCase() + type.slice(1)).replaceAll('-', ' ');

/** `type:id` or `type:path` of a query. @throws DomainError `bad_request`. */
export function rootOf(text: string): EntityKey {
  const [, type, key] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (type === undefined || key === undefined) {
    throw invalid({ field: 'root', message: 'Root must be a type and an id, as in pipeline:id' });
  }
  return { type, key };
}

/** The paths among the nodes, by their types. */
function pathsOf(nodes: readonly GraphNode[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const node of nodes) {
    if (node.id !== null || node.pattern) continue;
    const { type, key } = entityKey(node);
    const known = paths.get(type);
    if (known) known.push(key);
    else paths.set(type, [key]);
  }
  return paths;
}
