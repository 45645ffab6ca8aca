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
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { FolderChange, FolderInput, FoldersQuery, FolderView } from '../dto/folder.dto';
import { FoldersService } from './folders.service';

@ApiTags('Dashboards')
@Controller('uns/dashboards/folders')
export class FoldersController {
  constructor(private readonly folders: FoldersService) {}

  /** The organization's folders, by pages. The search is in names. */
  @Get()
  @Scopes('dashboards:read')
  @AnswersList(FolderView)
  list(@Caller() member: Member, @Query() query: FoldersQuery): Promise<Page<FolderView>> {
    return this.folders.list(member, query);
  }

  /** Makes a folder, at most eight levels deep. */
  @Post()
  @Scopes('dashboards:write')
  @AnswersCreated(FolderView)
  create(@Caller() member: Member, @Body() folder: FolderInput): Promise<FolderView> {
    return this.folders.create(member, folder);
  }

  /** One folder. */
  @Get(':id')
  @Scopes('dashboards:read')
  @AnswersEntity(FolderView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<FolderView> {
    return this.folders.get(member, id);
  }

  /** Renames a folder, or moves it with all that is in it. */
  @Patch(':id')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersEntity(FolderView)
  change(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: FolderChange,
  ): Promise<FolderView> {
    return this.folders.change(member, id, ifMatch, change);
  }

  /** Removes an empty folder. What is in one that is not stands in `details.dependents` of the refusal. */
  @Delete(':id')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersNothing()
  delete(@Caller() member: Member, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<void> {
    return this.folders.delete(member, id, ifMatch);
  }
}
