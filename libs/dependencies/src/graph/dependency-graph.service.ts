import { Injectable } from '@nestjs/common';
import { invalid, type Member } from '#kernel';
import type { EntityKey, Weight } from '#platform/dependencies';
import type { GraphQuery, Impact, RelatedEntities } from '../dto/graph.dto';
import { Contributors } from '../index/contributors';
import type { Drawing } from './drawing/drawing';
import type { Told } from './drawing/told';
import { GraphCache } from './graph-cache';
import { entityKey, type GraphNode } from './graph-node';
import { GraphTexts } from './graph-texts';
import { DISABLED_TYPES, impactOf, type Action } from './impact';
import { MOST_STEPS, relatedTo, type Direction } from './reach';
import { IdentityFinder } from './identity-finder';
import { RootFinder, rootOf } from './root-finder';
import { subgraph, wholeGraph, type Subgraph } from './subgraph';
import { affectedView, askedView, graphView, relatedView, type Identities } from './views';

/** Entities of one answer. */
const MOST_ENTITIES = 1_000;
/** Entities of one answer of which it is told how much they are used. */
const MOST_WEIGHED = 200;

/** What the graph of an organization tells. */
@Injectable()
export class DependencyGraphService {
  private readonly texts = new GraphTexts();

  constructor(
    private readonly graphs: GraphCache,
    private readonly roots: RootFinder,
    private readonly identities: IdentityFinder,
    private readonly contributors: Contributors,
  ) {}

  /** @throws DomainError `bad_request` for a root that names no type; `not_found` for one that does not exist. */
  async graph({ organizationId }: Member, { root, direction, depth }: GraphQuery): Promise<Told> {
    const graph = await this.graphs.get(organizationId);
    const from = root === undefined ? undefined : await this.roots.find(organizationId, graph, rootOf(root));
    const seen = from ? subgraph(graph, [from], direction, depth) : wholeGraph(graph);
    const identities = await (from
      ? this.identities.identify(organizationId, seen.nodes)
      : this.identities.identifyAgain(organizationId, graph, seen.nodes));
    return {
      ...this.texts.of(organizationId, from ? seen : graph, seen, identities),
      drawing: () => Promise.resolve({ graph: graphView(seen, identities), root: from?.key }),
    };
  }

  /** @throws DomainError as `graph`. */
  async related({ organizationId }: Member, entity: EntityKey, direction: Direction, depth: number): Promise<Told> {
    const graph = await this.graphs.get(organizationId);
    const root = await this.roots.find(organizationId, graph, entity);
    const all = relatedTo([root], direction, depth);
    const told = all.slice(0, MOST_ENTITIES);
    const { identities, weights } = await this.describe(organizationId, root, told);
    const data: RelatedEntities = {
      entity: askedView(root, identities),
      entities: told.map((other) => relatedView(other, direction, identities, weights)),
      truncated: all.length > told.length,
    };
    return {
      json: json(data),
      drawing: () => this.draw(organizationId, subgraph(graph, [root], direction, depth), root),
    };
  }

  /** @throws DomainError as `graph`; `bad_request` for disabling what cannot be. */
  async impact({ organizationId }: Member, entity: EntityKey, action: Action): Promise<Told> {
    const graph = await this.graphs.get(organizationId);
    const root = await this.roots.find(organizationId, graph, entity);
    if (action === 'disable' && !DISABLED_TYPES.includes(root.type)) {
      throw invalid({ field: 'action', message: `Action disable is for ${DISABLED_TYPES.join('s and ')}s alone` });
    }
    const concerned = action === 'delete' ? await this.roots.withBelow(organizationId, graph, root) : [root];
    const all = impactOf(concerned, action);
    const told = all.slice(0, MOST_ENTITIES);
    const { identities, weights } = await this.describe(organizationId, root, told);
    const broken = all.filter(({ effect }) => effect === 'breaks').map(({ node }) => node.key);
    const data: Impact = {
      entity: askedView(root, identities),
      action,
      safe: broken.length === 0,
      affected: told.map((affected) => affectedView(affected, identities, weights)),
      totals: { breaks: broken.length, affected: all.length - broken.length },
      truncated: all.length > told.length,
    };
    return {
      json: json(data),
      drawing: () => this.draw(organizationId, subgraph(graph, concerned, 'dependents', MOST_STEPS), root, broken),
    };
  }

  /** What tables know of the entities of an answer. */
  private async describe(
    organizationId: string,
    root: GraphNode,
    others: readonly { node: GraphNode }[],
  ): Promise<{ identities: Identities; weights: ReadonlyMap<string, Weight> }> {
    const nodes = others.map(({ node }) => node);
    return {
      identities: await this.identities.identify(organizationId, [root, ...nodes]),
      weights: await this.contributors.weights(organizationId, nodes.slice(0, MOST_WEIGHED).map(entityKey)),
    };
  }

  private async draw(
    organizationId: string,
    seen: Subgraph,
    { key: root }: GraphNode,
    broken: readonly string[] = [],
  ): Promise<Drawing> {
    return { graph: graphView(seen, await this.identities.identify(organizationId, seen.nodes)), root, broken };
  }
}

const json = (data: object) => (): Buffer => Buffer.from(JSON.stringify({ data }));
