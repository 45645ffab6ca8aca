import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { Answers, AnswersEntity, Caller, GuardedByVersion, IfMatch, Scopes, type SeenVersion } from '#platform/http';
import { TopicConfigInput, TopicConfigView } from './dto/topic-config.dto';
import { TopicStatsView } from './dto/topic-stats.dto';
import { TopicConfigs } from './topic-config.service';
import { TopicStats } from './topic-stats.service';

@ApiTags('UNS topics')
@Controller('uns/topics')
export class TopicDetailsController {
  constructor(
    private readonly stats: TopicStats,
    private readonly configs: TopicConfigs,
  ) {}

  /** The last value of a topic, and how many there are. */
  @Get(':id/stats')
  @Scopes('uns:read')
  @Answers(TopicStatsView)
  readStats(@Caller() member: Member, @Param('id') id: string): Promise<TopicStatsView> {
    return this.stats.of(member, id);
  }

  /** Which of a topic's values are kept, and for how long. */
  @Get(':id/config')
  @Scopes('uns:read')
  @AnswersEntity(TopicConfigView)
  readConfig(@Caller() member: Member, @Param('id') id: string): Promise<TopicConfigView> {
    return this.configs.get(member, id);
  }

  /** Replaces that; what is left out goes back to its default. It holds for all values that come from then on. */
  @Put(':id/config')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(TopicConfigView)
  replaceConfig(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() config: TopicConfigInput,
  ): Promise<TopicConfigView> {
    return this.configs.replace(member, id, ifMatch, config);
  }
}
