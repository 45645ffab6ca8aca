import { Body, Controller, Get, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import {
  Answers,
  AnswersEntity,
  AnswersList,
  BodyByHandler,
  BodyLimit,
  Caller,
  CursorQuery,
  Idempotent,
  Scopes,
} from '#platform/http';
import type { Request, Response } from 'express';
import { LARGEST_FILE } from '../format';
import {
  ImportEntry,
  ImportExecution,
  ImportFile,
  ImportPlanView,
  ImportUndoQuery,
  ImportUpload,
  ImportView,
} from './import.dto';
import { ImportsService } from './imports.service';
import { UPLOAD, uploadedFile } from './upload';

/** Of executions, which may bring many resolutions and secrets. */
const LARGEST_EXECUTION = 16 * 1024 * 1024;

@ApiTags('Dependencies')
@ApiExtraModels(ImportFile, ImportUpload)
@Controller('dependencies/import')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /** Plans, and what was done by them, newest first. */
  @Get()
  @Scopes('dependencies:import')
  @AnswersList(ImportEntry)
  list(@Caller() member: Member, @Query() query: CursorQuery): Promise<Stretch<ImportEntry>> {
    return this.imports.list(member, query);
  }

  /**
   * What an import of the file would do: the file is the body, or the only part of a form. It changes nothing. What was
   * changed here and what was changed elsewhere are told apart by what was exchanged last.
   */
  @Post('validate')
  @ApiConsumes('application/json', 'multipart/form-data')
  @ApiBody({ schema: { $ref: getSchemaPath(ImportFile) } })
  @Scopes('dependencies:import')
  @BodyByHandler()
  @BodyLimit(LARGEST_FILE)
  @UseInterceptors(FileInterceptor('file', UPLOAD))
  @Answers(ImportPlanView)
  async validate(
    @Caller() member: Member,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportPlanView> {
    return this.imports.validate(member, await uploadedFile(request, response));
  }

  /** Does what a plan says, in one transaction. Every conflict needs a resolution, every required secret a value. */
  @Post('execute')
  @Scopes('dependencies:import')
  @Idempotent()
  @BodyLimit(LARGEST_EXECUTION)
  @Answers(ImportView)
  execute(@Caller() member: Member, @Body() execution: ImportExecution): Promise<ImportView> {
    return this.imports.execute(member, execution);
  }

  /** One plan, or what was done by it. */
  @Get(':id')
  @Scopes('dependencies:import')
  @AnswersEntity(ImportView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<ImportView> {
    return this.imports.get(member, id);
  }

  /** Removes what an import has made and puts back what it has replaced, in one transaction; possible for 30 days. */
  @Post(':id/undo')
  @Scopes('dependencies:import')
  @Idempotent()
  @Answers(ImportView)
  undo(@Caller() member: Member, @Param('id') id: string, @Query() { force }: ImportUndoQuery): Promise<ImportView> {
    return this.imports.undo(member, id, force);
  }
}
