import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { Dependents, GuardQuery } from '#platform/dependencies';
import {
  Answers,
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  BodyLimit,
  Caller,
  GuardedByVersion,
  IfMatch,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  NameAvailability,
  PipelineChange,
  PipelineEntry,
  PipelineInput,
  PipelineName,
  PipelinesQuery,
  PipelineValidation,
  PipelineView,
} from './dto/pipeline.dto';
import { LARGEST_DEFINITION } from './pipeline-content';
import { PipelinesService } from './pipelines.service';

@ApiTags('Pipelines')
@Controller('engine/pipelines')
export class PipelinesController {
  constructor(private readonly pipelines: PipelinesService) {}

  /** The organization's pipelines without nodes and edges, by pages. The search is in names and descriptions. */
  @Get()
  @Scopes('pipelines:read')
  @AnswersList(PipelineEntry)
  list(@Caller() member: Member, @Query() query: PipelinesQuery): Promise<Page<PipelineEntry>> {
    return this.pipelines.list(member, query);
  }

  /**
   * Makes a pipeline. It may be incomplete: refused is what can never be right, such as an unknown type, a cycle or an
   * expression that cannot be read. A pipeline that is to be enabled must have no problem at all.
   */
  @Post()
  @Scopes('pipelines:write')
  @BodyLimit(LARGEST_DEFINITION)
  @AnswersCreated(PipelineView)
  create(@Caller() member: Member, @Body() pipeline: PipelineInput): Promise<PipelineView> {
    return this.pipelines.create(member, pipeline);
  }

  /** Whether a new pipeline may have that name. */
  @Get('name-available')
  @Scopes('pipelines:read')
  @Answers(NameAvailability)
  nameAvailable(@Caller() member: Member, @Query() { name }: PipelineName): Promise<NameAvailability> {
    return this.pipelines.nameAvailable(member, name);
  }

  /** One pipeline. */
  @Get(':id')
  @Scopes('pipelines:read')
  @AnswersEntity(PipelineView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<PipelineView> {
    return this.pipelines.get(member, id);
  }

  /**
   * Replaces a pipeline as a whole; what it was stays among its versions. Where that disables it, other pipelines that
   * use it stand against it.
   */
  @Put(':id')
  @Scopes('pipelines:write')
  @BodyLimit(LARGEST_DEFINITION)
  @GuardedByVersion()
  @AnswersEntity(PipelineView, Dependents)
  replace(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() pipeline: PipelineInput,
    @Query() query: GuardQuery,
  ): Promise<PipelineView | Dependents> {
    return this.pipelines.replace(member, id, ifMatch, pipeline, query);
  }

  /** Changes what is given; what it was stays among its versions. Others that use it stand against its being disabled. */
  @Patch(':id')
  @Scopes('pipelines:write')
  @BodyLimit(LARGEST_DEFINITION)
  @GuardedByVersion()
  @AnswersEntity(PipelineView, Dependents)
  update(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: PipelineChange,
    @Query() query: GuardQuery,
  ): Promise<PipelineView | Dependents> {
    return this.pipelines.update(member, id, ifMatch, change, query);
  }

  /** Removes a pipeline with its versions. Others that use it stand against it. */
  @Delete(':id')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersNothing(Dependents)
  delete(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
  ): Promise<Dependents | undefined> {
    return this.pipelines.delete(member, id, ifMatch, query);
  }

  /** Makes a new pipeline like this one, not enabled. */
  @Post(':id/clone')
  @Scopes('pipelines:write')
  @AnswersCreated(PipelineView, 'engine/pipelines')
  clone(@Caller() member: Member, @Param('id') id: string, @Body() { name }: PipelineName): Promise<PipelineView> {
    return this.pipelines.clone(member, id, name);
  }

  /** Lets its triggers start runs. Refused with every problem there is. */
  @Post(':id/enable')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersEntity(PipelineView)
  enable(@Caller() member: Member, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<PipelineView> {
    return this.pipelines.enable(member, id, ifMatch);
  }

  /** Its triggers start no more runs; those under way go on. Others that use it stand against it. */
  @Post(':id/disable')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersEntity(PipelineView, Dependents)
  disable(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
  ): Promise<PipelineView | Dependents> {
    return this.pipelines.disable(member, id, ifMatch, query);
  }

  /** Everything that keeps it from being enabled; nothing is changed. */
  @Post(':id/validate')
  @Scopes('pipelines:write')
  @Answers(PipelineValidation)
  validate(@Caller() member: Member, @Param('id') id: string): Promise<PipelineValidation> {
    return this.pipelines.validate(member, id);
  }
}
