import { Injectable } from '@nestjs/common';
import { notFound, Page, type Member } from '#kernel';
import type { SeenVersion } from '#platform/database';
import type { PageQuery } from '#platform/http';
import type {
  EdgeInput,
  EdgeView,
  NodeChange,
  NodeInput,
  NodeView,
  SingleEdgeView,
  SingleNodeView,
} from './dto/node.dto';
import type { PipelineEdge } from './graph';
import { NodeTypeRegistry } from './node-types';
import { renameMentions } from './parameters';
import { plain, toEdge, toNode } from './pipeline-content';
import type { DefinedNode, PipelineDefinition } from './pipeline-definition';
import { PipelineEditor, type Draft } from './pipeline-editor';
import { PipelineSecrets } from './pipeline-secrets';
import type { Pipeline } from './pipeline.entity';
import { PipelinesRepository } from './pipelines.repository';

/** Nodes and edges of a pipeline, one by one. Every change is one of the pipeline, with a version of its own. */
@Injectable()
export class PipelinePartsService {
  constructor(
    private readonly pipelines: PipelinesRepository,
    private readonly editor: PipelineEditor,
    private readonly secrets: PipelineSecrets,
    private readonly types: NodeTypeRegistry,
  ) {}

  async nodes({ organizationId }: Member, id: string, query: PageQuery): Promise<Page<NodeView>> {
    const { nodes } = await this.pipelines.get(organizationId, id);
    return pageOf(this.secrets.masked(nodes), query);
  }

  async node({ organizationId }: Member, id: string, nodeId: string): Promise<SingleNodeView> {
    return this.nodeView(await this.pipelines.get(organizationId, id), nodeId);
  }

  /** @throws as `PipelineEditor.change` */
  async addNode(member: Member, id: string, ifMatch: SeenVersion, input: NodeInput): Promise<SingleNodeView> {
    const node = toNode(input);
    const pipeline = await this.edit(member, id, ifMatch, ({ nodes }) => ({ nodes: [...nodes, node] }));
    return this.nodeView(pipeline, node.id);
  }

  /** A new name is put into the expressions that use the old one. @throws as `PipelineEditor.change` */
  async changeNode(
    member: Member,
    id: string,
    nodeId: string,
    ifMatch: SeenVersion,
    change: NodeChange,
  ): Promise<SingleNodeView> {
    const pipeline = await this.edit(member, id, ifMatch, ({ nodes }) => {
      const before = nodeOf(nodes, nodeId);
      const after = { ...before, ...plain(change) };
      const changed = nodes.map((node) => (node === before ? after : node));
      return { nodes: after.name === before.name ? changed : this.renamed(changed, before.name, after.name) };
    });
    return this.nodeView(pipeline, nodeId);
  }

  /** Its edges go with it. @throws as `PipelineEditor.change` */
  async removeNode(member: Member, id: string, nodeId: string, ifMatch: SeenVersion): Promise<void> {
    await this.edit(member, id, ifMatch, ({ nodes, edges }) => {
      const removed = nodeOf(nodes, nodeId);
      return {
        nodes: nodes.filter((node) => node !== removed),
        edges: edges.filter(({ source, target }) => source !== nodeId && target !== nodeId),
      };
    });
  }

  async edges({ organizationId }: Member, id: string, query: PageQuery): Promise<Page<EdgeView>> {
    const { edges } = await this.pipelines.get(organizationId, id);
    return pageOf(edges, query);
  }

  async edge({ organizationId }: Member, id: string, edgeId: string): Promise<SingleEdgeView> {
    return edgeView(await this.pipelines.get(organizationId, id), edgeId);
  }

  /** @throws as `PipelineEditor.change` */
  async addEdge(member: Member, id: string, ifMatch: SeenVersion, input: EdgeInput): Promise<SingleEdgeView> {
    const edge = toEdge(input);
    const pipeline = await this.edit(member, id, ifMatch, ({ edges }) => ({ edges: [...edges, edge] }));
    return edgeView(pipeline, edge.id);
  }

  /** @throws as `PipelineEditor.change` */
  async removeEdge(member: Member, id: string, edgeId: string, ifMatch: SeenVersion): Promise<void> {
    await this.edit(member, id, ifMatch, ({ edges }) => {
      const removed = edgeOf(edges, edgeId);
      return { edges: edges.filter((edge) => edge !== removed) };
    });
  }

  private edit(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    change: (definition: PipelineDefinition) => Partial<PipelineDefinition>,
  ): Promise<Pipeline> {
    const edit = ({ definition, enabled }: Draft) => ({
      definition: { ...definition, ...change(definition) },
      enabled,
    });
    return this.editor.change(member, id, ifMatch, 'updated', edit);
  }

  private renamed(nodes: readonly DefinedNode[], from: string, to: string): DefinedNode[] {
    return nodes.map((node) => {
      const definition = this.types.find(node.type)?.definition;
      return definition ? { ...node, parameters: renameMentions(definition, node.parameters, from, to) } : node;
    });
  }

  private nodeView({ nodes, version }: Pipeline, nodeId: string): SingleNodeView {
    const [node] = this.secrets.masked([nodeOf(nodes, nodeId)]);
    return { ...node!, version };
  }
}

const edgeView = ({ edges, version }: Pipeline, edgeId: string): SingleEdgeView => ({
  ...edgeOf(edges, edgeId),
  version,
});

/** @throws DomainError `not_found` */
function nodeOf(nodes: readonly DefinedNode[], nodeId: string): DefinedNode {
  const node = nodes.find(({ id }) => id === nodeId);
  if (!node) throw notFound('Node');
  return node;
}

/** @throws DomainError `not_found` */
function edgeOf(edges: readonly PipelineEdge[], edgeId: string): PipelineEdge {
  const edge = edges.find(({ id }) => id === edgeId);
  if (!edge) throw notFound('Edge');
  return edge;
}

const pageOf = <T>(all: readonly T[], { page, limit }: PageQuery): Page<T> =>
  new Page(all.slice((page - 1) * limit, page * limit), { page, limit, total: all.length });
