import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
  Answers,
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersRaw,
  Caller,
  PageQuery,
  Scopes,
} from '#platform/http';
import type { Response } from 'express';
import { ExportAnalysisInput, ExportAnalysisView, ExportInput, ExportView, MadeExportView } from './export.dto';
import { ExportsService } from './exports.service';
import { sendExport } from './send-export';

@ApiTags('Dependencies')
@Controller('dependencies/export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  /** Files of the last seven days, newest first; an organization keeps twenty. */
  @Get()
  @Scopes('dependencies:export')
  @AnswersList(ExportView)
  list(@Caller() member: Member, @Query() query: PageQuery): Promise<Page<ExportView>> {
    return this.exports.list(member, query);
  }

  /** What has to leave with the entities, what may, and what would keep the file from being imported. */
  @Post('analyze')
  @Scopes('dependencies:export')
  @Answers(ExportAnalysisView)
  analyze(@Caller() member: Member, @Body() input: ExportAnalysisInput): Promise<ExportAnalysisView> {
    return this.exports.analyze(member, input);
  }

  /** Makes a file of the entities and whatever they cannot be without: no secrets, and no ids but those of what is gone. */
  @Post()
  @Scopes('dependencies:export')
  @AnswersCreated(MadeExportView)
  create(@Caller() member: Member, @Body() input: ExportInput): Promise<MadeExportView> {
    return this.exports.create(member, input);
  }

  /** One file, without its content. */
  @Get(':id')
  @Scopes('dependencies:export')
  @AnswersEntity(ExportView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<ExportView> {
    return this.exports.get(member, id);
  }

  /** The file. */
  @Get(':id/download')
  @ApiProduces('application/json')
  @Scopes('dependencies:export')
  @AnswersRaw()
  async download(@Caller() member: Member, @Param('id') id: string, @Res() response: Response): Promise<void> {
    await sendExport(await this.exports.file(member, id), response);
  }
}
