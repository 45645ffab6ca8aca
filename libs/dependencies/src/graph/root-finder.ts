import { Injectable } from '@nestjs/common';
import { invalid, isId, notFound, textProblem } from '#kernel';
import { keyText, type EntityKey } from '#platform/dependencies';
import { Contributors } from '../index/contributors';
import type { DependencyGraph } from './dependency-graph';
import type { GraphNode } from './graph-node';
import { IdentityFinder } from './identity-finder';

/** Finds what people name by type and id, or by type and path. */
@Injectable()
export class RootFinder {
  constructor(
    private readonly contributors: Contributors,
    private readonly identities: IdentityFinder,
  ) {}

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

  /** An entity with what lies below its path, and goes with it: what others name there and exists. */
  async withBelow(organizationId: string, graph: DependencyGraph, root: GraphNode): Promise<GraphNode[]> {
    if (!this.contributors.isNamedByPath(root.type)) return [root];
    const named = [...graph.nodes.values()].filter((node) => !node.pattern && node.key.startsWith(`${root.key}/`));
    const identities = await this.identities.identify(organizationId, named);
    const there = named.filter((node) => node.id !== null || identities.has(node.key));
    // The graph may have followed changes meanwhile.
    const below = there.flatMap(({ key }) => graph.nodes.get(key) ?? []);
    return [graph.nodes.get(root.key) ?? root, ...below];
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
