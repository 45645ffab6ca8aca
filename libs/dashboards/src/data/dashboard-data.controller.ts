import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { Answers, AnswersList, Caller, Scopes } from '#platform/http';
import { DashboardAudience, DashboardData, VariableChoices } from '../dto/data.dto';
import { DashboardViews } from '../views/dashboard-views';
import { DashboardDataService } from './dashboard-data.service';
import { ApiDataQuery, ReadDataQuery, type DataQuery } from './data-query';

@ApiTags('Dashboards')
@Controller('uns/dashboards/:id')
export class DashboardDataController {
  constructor(
    private readonly service: DashboardDataService,
    private readonly views: DashboardViews,
  ) {}

  /**
   * The series of all panels in one answer. A query without aggregate gives records as they are: up to 2,000, or the last
   * one in panels of type stat, gauge and table. One with an aggregate gives up to 2,000 buckets, or, where it names no
   * width, at most 500 of a width that suits the time; one of the whole time in stat, gauge and table. Where there are more
   * points, the latest are told. What is wrong with a topic is told in its series, and all others are answered.
   */
  @Get('data')
  @Scopes('dashboards:read', 'uns:read')
  @ApiDataQuery()
  @Answers(DashboardData)
  data(@Caller() member: Member, @Param('id') id: string, @ReadDataQuery() query: DataQuery): Promise<DashboardData> {
    return this.service.data(member, id, query);
  }

  /**
   * How many people look at the dashboard. Whoever reads this or its data counts as one of them for two minutes, so a page
   * asks every minute while it is seen.
   */
  @Get('viewers')
  @Scopes('dashboards:read')
  @Answers(DashboardAudience)
  viewers(@Caller() member: Member, @Param('id') id: string): Promise<DashboardAudience> {
    return this.views.look(member, id);
  }

  /** What there is to choose for each variable, all on one page: of topics, those that the caller may read. */
  @Get('variables')
  @Scopes('dashboards:read', 'uns:read')
  @AnswersList(VariableChoices)
  choices(@Caller() member: Member, @Param('id') id: string): Promise<Page<VariableChoices>> {
    return this.service.choices(member, id);
  }
}
