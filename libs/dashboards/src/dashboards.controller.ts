import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
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
import { LARGEST_DASHBOARD } from './dashboard-content';
import { DashboardsService } from './dashboards.service';
import {
  DashboardChange,
  DashboardClone,
  DashboardEntry,
  DashboardInput,
  DashboardsQuery,
  DashboardView,
} from './dto/dashboard.dto';

@ApiTags('Dashboards')
@Controller('uns/dashboards')
export class DashboardsController {
  constructor(private readonly dashboards: DashboardsService) {}

  /** The organization's dashboards without variables and panels, by pages. The search is in names and descriptions. */
  @Get()
  @Scopes('dashboards:read')
  @AnswersList(DashboardEntry)
  list(@Caller() member: Member, @Query() query: DashboardsQuery): Promise<Page<DashboardEntry>> {
    return this.dashboards.list(member, query);
  }

  /** Makes a dashboard. Panels are checked by the schemas of their types, and their topics by the variables there are. */
  @Post()
  @Scopes('dashboards:write')
  @BodyLimit(LARGEST_DASHBOARD)
  @AnswersCreated(DashboardView)
  create(@Caller() member: Member, @Body() dashboard: DashboardInput): Promise<DashboardView> {
    return this.dashboards.create(member, dashboard);
  }

  /** One dashboard. */
  @Get(':id')
  @Scopes('dashboards:read')
  @AnswersEntity(DashboardView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<DashboardView> {
    return this.dashboards.get(member, id);
  }

  /** Replaces a dashboard as a whole. A panel that keeps its id is the same panel. */
  @Put(':id')
  @Scopes('dashboards:write')
  @BodyLimit(LARGEST_DASHBOARD)
  @GuardedByVersion()
  @AnswersEntity(DashboardView)
  replace(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() dashboard: DashboardInput,
  ): Promise<DashboardView> {
    return this.dashboards.replace(member, id, ifMatch, dashboard);
  }

  /** Changes what is given; lists are replaced as a whole. */
  @Patch(':id')
  @Scopes('dashboards:write')
  @BodyLimit(LARGEST_DASHBOARD)
  @GuardedByVersion()
  @AnswersEntity(DashboardView)
  change(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: DashboardChange,
  ): Promise<DashboardView> {
    return this.dashboards.change(member, id, ifMatch, change);
  }

  /** Removes a dashboard with its panels. */
  @Delete(':id')
  @Scopes('dashboards:write')
  @GuardedByVersion()
  @AnswersNothing()
  delete(@Caller() member: Member, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<void> {
    return this.dashboards.delete(member, id, ifMatch);
  }

  /** Makes another dashboard with the same variables and panels, beside this one or in the folder that is named. */
  @Post(':id/clone')
  @Scopes('dashboards:write')
  @AnswersCreated(DashboardView, 'uns/dashboards')
  clone(@Caller() member: Member, @Param('id') id: string, @Body() clone: DashboardClone): Promise<DashboardView> {
    return this.dashboards.clone(member, id, clone);
  }
}
