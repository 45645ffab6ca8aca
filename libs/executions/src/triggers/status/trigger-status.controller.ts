import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { AnswersList, Caller, PageQuery, Scopes } from '#platform/http';
import { TriggerStatus } from './trigger-status.dto';
import { TriggerStatusService } from './trigger-status.service';

@ApiTags('Pipelines')
@Controller('engine/pipelines')
export class TriggerStatusController {
  constructor(private readonly service: TriggerStatusService) {}

  /** The triggers of a pipeline that start runs by themselves, and how often they have. */
  @Get(':id/triggers')
  @Scopes('pipelines:read')
  @AnswersList(TriggerStatus)
  triggers(@Caller() member: Member, @Param('id') id: string, @Query() query: PageQuery): Promise<Page<TriggerStatus>> {
    return this.service.list(member, id, query);
  }
}
