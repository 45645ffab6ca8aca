import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Stretch } from '#kernel';
import { Answers, AnswersList, Caller, Idempotent, Scopes } from '#platform/http';
import {
  HealthSummaryView,
  MetricsQuery,
  MetricsView,
  RuntimeView,
  StateChangeView,
  StateHistoryQuery,
} from './runtime.dto';
import { RuntimeService } from './runtime.service';

@ApiTags('Connections')
@Controller('connections')
export class RuntimeController {
  constructor(private readonly runtime: RuntimeService) {}

  /** What became of connections, newest first: kept for 30 days. */
  @Get('state-history')
  @Scopes('connectors:read')
  @AnswersList(StateChangeView)
  history(@Caller() member: Member, @Query() query: StateHistoryQuery): Promise<Stretch<StateChangeView>> {
    return this.runtime.history(member, query);
  }

  /** How many connections there are, how many work, and what happened in the last 24 hours. */
  @Get('state-history/summary')
  @Scopes('connectors:read')
  @Answers(HealthSummaryView)
  summary(@Caller() member: Member): Promise<HealthSummaryView> {
    return this.runtime.summary(member);
  }

  /** Connects, and goes on until it is stopped; what is lost is connected again. */
  @Post(':id/start')
  @Scopes('connectors:execute')
  @Idempotent()
  @Answers(RuntimeView)
  start(@Caller() member: Member, @Param('id') id: string): Promise<RuntimeView> {
    return this.runtime.start(member, id);
  }

  /** Disconnects; until it is started again, calls are refused and no messages come, also after a restart of the platform. */
  @Post(':id/stop')
  @Scopes('connectors:execute')
  @Idempotent()
  @Answers(RuntimeView)
  stop(@Caller() member: Member, @Param('id') id: string): Promise<RuntimeView> {
    return this.runtime.stop(member, id);
  }

  /** Disconnects and connects again at once. */
  @Post(':id/restart')
  @Scopes('connectors:execute')
  @Idempotent()
  @Answers(RuntimeView)
  restart(@Caller() member: Member, @Param('id') id: string): Promise<RuntimeView> {
    return this.runtime.restart(member, id);
  }

  /** What it does at this moment, and why. */
  @Get(':id/status')
  @Scopes('connectors:read')
  @Answers(RuntimeView)
  status(@Caller() member: Member, @Param('id') id: string): Promise<RuntimeView> {
    return this.runtime.status(member, id);
  }

  /** What went through it: calls, errors, messages, bytes, how long calls took. */
  @Get(':id/metrics')
  @Scopes('connectors:read')
  @Answers(MetricsView)
  metrics(@Caller() member: Member, @Param('id') id: string, @Query() query: MetricsQuery): Promise<MetricsView> {
    return this.runtime.metrics(member, id, query);
  }
}
