import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
  Answers,
  AnswersEntity,
  AnswersList,
  Caller,
  GuardedByVersion,
  IfMatch,
  PageQuery,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  CompareQuery,
  PipelineComparison,
  PipelineVersionEntry,
  PipelineVersionView,
} from './dto/pipeline-version.dto';
import { PipelineView } from './dto/pipeline.dto';
import { PipelineVersionsService } from './pipeline-versions.service';

@ApiTags('Pipelines')
@Controller('engine/pipelines/:id/versions')
export class PipelineVersionsController {
  constructor(private readonly versions: PipelineVersionsService) {}

  /** The versions of a pipeline, newest first. */
  @Get()
  @Scopes('pipelines:read')
  @AnswersList(PipelineVersionEntry)
  list(
    @Caller() member: Member,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<PipelineVersionEntry>> {
    return this.versions.list(member, id, query);
  }

  /** What differs between two versions, field by field. Secrets are not compared. */
  @Get('compare')
  @Scopes('pipelines:read')
  @Answers(PipelineComparison)
  compare(
    @Caller() member: Member,
    @Param('id') id: string,
    @Query() query: CompareQuery,
  ): Promise<PipelineComparison> {
    return this.versions.compare(member, id, query);
  }

  /** The pipeline as it was. */
  @Get(':version')
  @Scopes('pipelines:read')
  @AnswersEntity(PipelineVersionView)
  get(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<PipelineVersionView> {
    return this.versions.get(member, id, version);
  }

  /** Makes the pipeline what it was, as a new version. It stays enabled, or not, as it is. */
  @Post(':version/revert')
  @Scopes('pipelines:write')
  @GuardedByVersion()
  @AnswersEntity(PipelineView)
  revert(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('version') version: string,
    @IfMatch() ifMatch: SeenVersion,
  ): Promise<PipelineView> {
    return this.versions.revert(member, id, version, ifMatch);
  }
}
