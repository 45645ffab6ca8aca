import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { Dependents, GuardQuery } from '#platform/dependencies';
import {
  Answers,
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  GuardedByVersion,
  Idempotent,
  IfMatch,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  ChangeFunction,
  CreateFunction,
  ExecuteFunction,
  FunctionExecution,
  FunctionQuery,
  FunctionView,
} from './dto/function.dto';
import { FunctionsService } from './functions.service';

@ApiTags('Connections')
@Controller('connections/:id/functions')
export class FunctionsController {
  constructor(private readonly functions: FunctionsService) {}

  /** The functions of a connection, by pages. The search is in names. */
  @Get()
  @Scopes('connectors:read')
  @AnswersList(FunctionView)
  list(@Caller() member: Member, @Param('id') id: string, @Query() query: FunctionQuery): Promise<Page<FunctionView>> {
    return this.functions.list(member, id, query);
  }

  /** Makes a function. Its config is checked by the schema of its type, and every place in it needs a parameter. */
  @Post()
  @Scopes('connectors:write')
  @AnswersCreated(FunctionView)
  create(@Caller() member: Member, @Param('id') id: string, @Body() request: CreateFunction): Promise<FunctionView> {
    return this.functions.create(member, id, request);
  }

  /** One function. */
  @Get(':functionId')
  @Scopes('connectors:read')
  @AnswersEntity(FunctionView)
  get(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('functionId') functionId: string,
  ): Promise<FunctionView> {
    return this.functions.get(member, id, functionId);
  }

  /** Changes what is given. */
  @Patch(':functionId')
  @Scopes('connectors:write')
  @GuardedByVersion()
  @AnswersEntity(FunctionView)
  change(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('functionId') functionId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: ChangeFunction,
  ): Promise<FunctionView> {
    return this.functions.change(member, id, functionId, ifMatch, change);
  }

  /** Removes a function. Refused while others call it, unless it is forced. */
  @Delete(':functionId')
  @Scopes('connectors:write')
  @GuardedByVersion()
  @AnswersNothing(Dependents)
  delete(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('functionId') functionId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
  ): Promise<Dependents | void> {
    return this.functions.delete(member, id, functionId, ifMatch, query);
  }

  /** Calls a function and answers what came of it: also a failure of the other side is an answer, with `success: false`. */
  @Post(':functionId/execute')
  @Scopes('connectors:execute')
  @Idempotent()
  @Answers(FunctionExecution)
  execute(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('functionId') functionId: string,
    @Headers('idempotency-key') key: string | undefined,
    @Body() { parameters = {} }: ExecuteFunction,
  ): Promise<FunctionExecution> {
    return this.functions.execute(member, id, functionId, parameters, key);
  }
}
