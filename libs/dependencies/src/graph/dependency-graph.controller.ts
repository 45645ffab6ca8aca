import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { Caller, Scopes } from '#platform/http';
import { DepthQuery, GraphQuery, GraphView, Impact, ImpactQuery, RelatedEntities } from '../dto/graph.dto';
import { DependencyGraphService } from './dependency-graph.service';
import { AnswersGraph } from './drawing/answers-graph';
import type { Told } from './drawing/told';

@ApiTags('Dependencies')
@Controller('dependencies/graph')
export class DependencyGraphController {
  constructor(private readonly graphs: DependencyGraphService) {}

  /** Who refers to whom in the organization: everything, or what lies around one entity. */
  @Get()
  @Scopes('dependencies:read')
  @AnswersGraph(GraphView)
  graph(@Caller() member: Member, @Query() query: GraphQuery): Promise<Told> {
    return this.graphs.graph(member, query);
  }

  /** Who depends on an entity, directly or through others. A topic is named by its id or its path, percent-encoded. */
  @Get(':type/:id/dependents')
  @Scopes('dependencies:read')
  @AnswersGraph(RelatedEntities)
  dependents(
    @Caller() member: Member,
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() { depth }: DepthQuery,
  ): Promise<Told> {
    return this.graphs.related(member, { type, key: id }, 'dependents', depth);
  }

  /** What an entity depends on, directly or through others. */
  @Get(':type/:id/dependencies')
  @Scopes('dependencies:read')
  @AnswersGraph(RelatedEntities)
  dependencies(
    @Caller() member: Member,
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() { depth }: DepthQuery,
  ): Promise<Told> {
    return this.graphs.related(member, { type, key: id }, 'dependencies', depth);
  }

  /** What would break, and what else would be affected, if this were done. A topic is deleted with all below it. */
  @Get(':type/:id/impact')
  @Scopes('dependencies:read')
  @AnswersGraph(Impact)
  impact(
    @Caller() member: Member,
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() { action }: ImpactQuery,
  ): Promise<Told> {
    return this.graphs.impact(member, { type, key: id }, action);
  }
}
