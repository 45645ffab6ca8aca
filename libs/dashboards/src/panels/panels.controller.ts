import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
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
import { PanelChange, PanelInput, PanelReplacement, PanelView, SinglePanelView } from '../dto/panel.dto';
import { PanelsService } from './panels.service';

/** ETags here are those of the dashboard: each change of a panel is one of the whole. */
@ApiTags('Dashboards')
@Controller('uns/dashboards/:id/panels')
export class PanelsController {
  constructor(private readonly panels: PanelsService) {}

  /** The panels of a dashboard, by pages. */
  @Get()
  @Scopes('dashboards:read')
  @AnswersList(PanelView)
  list(@Caller() member: Member, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<PanelView>> {
    return this.panels.list(member, id, query);
  }

  /** Adds a panel. Its options are checked by the schema of its type. */
  @Post()
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersCreated(SinglePanelView)
  add(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() panel: PanelInput,
  ): Promise<SinglePanelView> {
    return this.panels.add(member, id, ifMatch, panel);
  }

  /** One panel. */
  @Get(':panelId')
  @Scopes('dashboards:read')
  @AnswersEntity(SinglePanelView)
  get(@Caller() member: Member, @Param('id') id: string, @Param('panelId') panelId: string): Promise<SinglePanelView> {
    return this.panels.get(member, id, panelId);
  }

  /** Replaces a panel as a whole; it keeps its id, and its place unless another is given. */
  @Put(':panelId')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersEntity(SinglePanelView)
  replace(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('panelId') panelId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() panel: PanelReplacement,
  ): Promise<SinglePanelView> {
    return this.panels.replace(member, id, panelId, ifMatch, panel);
  }

  /** Changes what is given of a panel. */
  @Patch(':panelId')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersEntity(SinglePanelView)
  change(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('panelId') panelId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: PanelChange,
  ): Promise<SinglePanelView> {
    return this.panels.change(member, id, panelId, ifMatch, change);
  }

  /** Removes a panel. */
  @Delete(':panelId')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersNothing()
  remove(
    @Caller() member: Member,
    @Param('id') id: string,
    @Param('panelId') panelId: string,
    @IfMatch() ifMatch: SeenVersion,
  ): Promise<void> {
    return this.panels.remove(member, id, panelId, ifMatch);
  }
}
