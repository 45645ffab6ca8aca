import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  Caller,
  GuardedByVersion,
  IfMatch,
  ListQuery,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { CreateTopic, TopicView, UpdateTopic } from './dto/topic.dto';
import { TopicPath } from '../data/dto/data-query.dto';
import { TopicsService } from './topics.service';

@ApiTags('UNS topics')
@Controller('uns/topics')
export class TopicsController {
  constructor(private readonly topics: TopicsService) {}

  /** The organization's topics, by pages. `search` looks for text anywhere in the path. */
  @Get()
  @Scopes('uns:read')
  @AnswersList(TopicView)
  list(@Caller() member: Member, @Query() query: ListQuery): Promise<Page<TopicView>> {
    return this.topics.list(member, query);
  }

  /** Makes a topic and its parents ahead of the first data. */
  @Post()
  @Scopes('uns:write')
  @AnswersCreated(TopicView)
  create(@Caller() member: Member, @Body() topic: CreateTopic): Promise<TopicView> {
    return this.topics.create(member, topic);
  }

  /** One topic by its full path. */
  @Get('by-path')
  @Scopes('uns:read')
  @AnswersEntity(TopicView)
  getByPath(@Caller() member: Member, @Query() { topic }: TopicPath): Promise<TopicView> {
    return this.topics.getByPath(member, topic);
  }

  /** One topic. */
  @Get(':id')
  @Scopes('uns:read')
  @AnswersEntity(TopicView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<TopicView> {
    return this.topics.get(member, id);
  }

  /** Changes what is said about a topic. */
  @Patch(':id')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(TopicView)
  update(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: UpdateTopic,
  ): Promise<TopicView> {
    return this.topics.update(member, id, ifMatch, change);
  }
}
