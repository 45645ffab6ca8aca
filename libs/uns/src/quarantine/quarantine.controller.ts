import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import {
  Answers,
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
  Correction,
  Discarded,
  QuarantinedDetail,
  QuarantinedView,
  QuarantineFilter,
  QuarantineQuery,
  QuarantineSelection,
  QuarantineSummary,
  Resubmit,
  Resubmitted,
} from './dto/quarantine.dto';
import { QuarantineService } from './quarantine.service';
import { ResubmissionService } from './resubmission.service';

@ApiTags('UNS quarantine')
@Controller('uns/quarantine')
export class QuarantineController {
  constructor(
    private readonly quarantine: QuarantineService,
    private readonly resubmission: ResubmissionService,
  ) {}

  /** Values that schemas have refused, newest first. */
  @Get()
  @Scopes('uns:read')
  @AnswersList(QuarantinedView)
  list(@Caller() member: Member, @Query() query: QuarantineQuery): Promise<Stretch<QuarantinedView>> {
    return this.quarantine.list(member, query);
  }

  /** How many there are, by topic and reason. */
  @Get('summary')
  @Scopes('uns:read')
  @Answers(QuarantineSummary)
  summary(@Caller() member: Member, @Query() filter: QuarantineFilter): Promise<QuarantineSummary> {
    return this.quarantine.summary(member, filter);
  }

  /** Removes values for good: those of a topic or filter, or those named. */
  @Post('discard')
  @Scopes('uns:write')
  @Answers(Discarded)
  discard(@Caller() member: Member, @Body() selection: QuarantineSelection): Promise<Discarded> {
    return this.quarantine.discard(member, selection);
  }

  /**
   * Gives values to their topics again, in the order of their arrival: those that pass now become records with the ids and
   * times that they have, and go to everybody who listens; the others stay, with the reason of now.
   */
  @Post('resubmit')
  @Scopes('uns:publish')
  @Idempotent()
  @Answers(Resubmitted)
  resubmit(@Caller() member: Member, @Body() request: Resubmit): Promise<Resubmitted> {
    return this.resubmission.resubmit(member, request);
  }

  /** One value, and what would become of it now. */
  @Get(':id')
  @Scopes('uns:read')
  @AnswersEntity(QuarantinedDetail)
  get(@Caller() member: Member, @Param('id') id: string): Promise<QuarantinedDetail> {
    return this.quarantine.get(member, id);
  }

  /** Corrects a value by hand; what was published is kept beside it. It is checked when it is resubmitted. */
  @Patch(':id')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(QuarantinedDetail)
  correct(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() correction: Correction,
  ): Promise<QuarantinedDetail> {
    return this.quarantine.correct(member, id, ifMatch, correction);
  }

  /** Removes one value for good. */
  @Delete(':id')
  @Scopes('uns:write')
  @AnswersNothing()
  delete(@Caller() member: Member, @Param('id') id: string): Promise<void> {
    return this.quarantine.delete(member, id);
  }
}
