import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import { AnswersList, AnswersNothing, Authenticated, Caller, ListQuery, OrganizationFree } from '#platform/http';
import { SessionView } from './session.dto';
import { SessionsService } from './sessions.service';

@ApiTags('Sign-in')
@Controller('auth/sessions')
@OrganizationFree()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  /** Where one is signed in: one's own sessions that have not ended, by pages. */
  @Get()
  @Authenticated()
  @AnswersList(SessionView)
  list(@Caller() actor: Actor, @Query() query: ListQuery): Promise<Page<SessionView>> {
    return this.sessions.list(actor, query);
  }

  /** Ends one of one's own sessions. */
  @Delete(':id')
  @Authenticated()
  @AnswersNothing()
  end(@Caller() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.sessions.end(actor, id);
  }
}
