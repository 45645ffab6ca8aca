import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import { Answers, AnswersList, Caller, CursorQuery, Scopes } from '#platform/http';
import { ExecutionView } from '../dto/execution.dto';
import { ExecutionStatsView } from './execution-stats.dto';
import { ExecutionsQuery, IterationQuery, IterationsQuery, StretchQuery } from './executions-query.dto';
import { ExecutionsService } from './executions.service';
import { NodeExecutionView, NodeIterationView, NodeResultView } from './node-execution.dto';

@ApiTags('Executions')
@Controller('engine/executions')
export class ExecutionsController {
  constructor(private readonly executions: ExecutionsService) {}

  /** Executions, newest first. */
  @Get()
  @Scopes('pipelines:read')
  @AnswersList(ExecutionView)
  list(@Caller() member: Member, @Query() query: ExecutionsQuery): Promise<Stretch<ExecutionView>> {
    return this.executions.list(member, query);
  }

  /** How many runs there were, how they ended, how long they took, and what is under way now. */
  @Get('stats')
  @Scopes('pipelines:read')
  @Answers(ExecutionStatsView)
  stats(@Caller() member: Member, @Query() query: StretchQuery): Promise<ExecutionStatsView> {
    return this.executions.stats(member, query);
  }

  /** One execution. */
  @Get(':id')
  @Scopes('pipelines:read')
  @Answers(ExecutionView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<ExecutionView> {
    return this.executions.get(member, id);
  }

  /**
   * What the nodes of an execution did, in the order they began. A node in a loop is told once, with how often it ran.
   * Pipelines with `historyDetail: minimal` keep nothing of their nodes.
   */
  @Get(':id/nodes')
  @Scopes('pipelines:read')
  @AnswersList(NodeExecutionView)
  nodes(
    @Caller() member: Member,
    @Param('id') id: string,
    @Query() query: CursorQuery,
  ): Promise<Stretch<NodeExecutionView>> {
    return this.executions.nodes(member, id, query);
  }

  /** What one node was given and gave; of a node in a loop, in one iteration. */
  @Get(':id/nodes/:nodeId')
  @Scopes('pipelines:read')
  @Answers(NodeResultView)
  node(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @Query() query: IterationQuery,
  ): Promise<NodeResultView> {
    return this.executions.node(member, id, nodeId, query);
  }

  /** The iterations of a node in a loop, by their numbers. */
  @Get(':id/nodes/:nodeId/iterations')
  @Scopes('pipelines:read')
  @AnswersList(NodeIterationView)
  iterations(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('nodeId') nodeId: string,
    @Query() query: IterationsQuery,
  ): Promise<Stretch<NodeIterationView>> {
    return this.executions.iterations(member, id, nodeId, query);
  }
}
