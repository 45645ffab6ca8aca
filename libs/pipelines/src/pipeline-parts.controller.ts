import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  GuardedByVersion,
  IfMatch,
  PageQuery,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  EdgeInput,
  EdgeView,
  NodeChange,
  NodeInput,
  NodeName,
  NodeView,
  SingleEdgeView,
  SingleNodeView,
} from './dto/node.dto';
import { PipelinePartsService } from './pipeline-parts.service';

/** ETags here are those of the pipeline: each change of a part is one of the whole. */
@ApiTags('Pipelines')
@Controller('engine/pipelines/:id')
export class PipelinePartsController {
  constructor(private readonly parts: PipelinePartsService) {}

  /** The nodes of a pipeline, by pages. */
  @Get('nodes')
  @Scopes('pipelines:read')
  @AnswersList(NodeView)
  nodes(@Caller() member: Member, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<NodeView>> {
    return this.parts.nodes(member, id, query);
  }

  /** Adds a node. */
  @Post('nodes')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersCreated(SingleNodeView)
  addNode(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() node: NodeInput,
  ): Promise<SingleNodeView> {
    return this.parts.addNode(member, id, ifMatch, node);
  }

  /** One node. */
  @Get('nodes/:nodeId')
  @Scopes('pipelines:read')
  @AnswersEntity(SingleNodeView)
  node(@Caller() member: Member, @Param('id') id: string, @Param('nodeId') nodeId: string): Promise<SingleNodeView> {
    return this.parts.node(member, id, nodeId);
  }

  /** Changes what is given of a node. */
  @Patch('nodes/:nodeId')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersEntity(SingleNodeView)
  changeNode(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: NodeChange,
  ): Promise<SingleNodeView> {
    return this.parts.changeNode(member, id, nodeId, ifMatch, change);
  }

  /** Removes a node with its edges. */
  @Delete('nodes/:nodeId')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersNothing()
  removeNode(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @IfMatch() ifMatch: SeenVersion,
  ): Promise<void> {
    return this.parts.removeNode(member, id, nodeId, ifMatch);
  }

  /** Gives a node another name, also in the expressions and the code of all nodes that name it. */
  @Post('nodes/:nodeId/rename')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersEntity(SingleNodeView)
  rename(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() { name }: NodeName,
  ): Promise<SingleNodeView> {
    return this.parts.changeNode(member, id, nodeId, ifMatch, { name });
  }

  /** The edges of a pipeline, by pages. */
  @Get('edges')
  @Scopes('pipelines:read')
  @AnswersList(EdgeView)
  edges(@Caller() member: Member, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<EdgeView>> {
    return this.parts.edges(member, id, query);
  }

  /** Adds an edge between two nodes. */
  @Post('edges')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersCreated(SingleEdgeView)
  addEdge(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() edge: EdgeInput,
  ): Promise<SingleEdgeView> {
    return this.parts.addEdge(member, id, ifMatch, edge);
  }

  /** One edge. */
  @Get('edges/:edgeId')
  @Scopes('pipelines:read')
  @AnswersEntity(SingleEdgeView)
  edge(@Caller() member: Member, @Param('id') id: string, @Param('edgeId') edgeId: string): Promise<SingleEdgeView> {
    return this.parts.edge(member, id, edgeId);
  }

  /** Removes an edge. */
  @Delete('edges/:edgeId')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersNothing()
  removeEdge(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('edgeId') edgeId: string,
    @IfMatch() ifMatch: SeenVersion,
  ): Promise<void> {
    return this.parts.removeEdge(member, id, edgeId, ifMatch);
  }
}
