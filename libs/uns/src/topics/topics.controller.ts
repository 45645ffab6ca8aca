import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page, Stretch } from '#kernel';
import { Dependents, GuardQuery } from '#platform/dependencies';
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
import { TopicPath } from '../data/dto/data-query.dto';
import { TopicNode, TopicSearchQuery, TreeQuery } from './dto/topic-tree.dto';
import { CreateTopic, MoveTopic, RemoveTopicQuery, TopicListQuery, TopicView, UpdateTopic } from './dto/topic.dto';
import { TopicBranches } from './topic-branches.service';
import { TopicTree } from './topic-tree';
import { TopicsService } from './topics.service';

@ApiTags('UNS topics')
@Controller('uns/topics')
export class TopicsController {
  constructor(
    private readonly topics: TopicsService,
    private readonly topicTree: TopicTree,
    private readonly branches: TopicBranches,
  ) {}

  /** The organization's topics, by pages. `search` looks for text anywhere in the path, `tag` for a tag. */
  @Get()
  @Scopes('uns:read')
  @AnswersList(TopicView)
  list(@Caller() member: Member, @Query() query: TopicListQuery): Promise<Page<TopicView>> {
    return this.topics.list(member, query);
  }

  /** Makes a topic and its parents ahead of the first data. */
  @Post()
  @Scopes('uns:write')
  @AnswersCreated(TopicView)
  create(@Caller() member: Member, @Body() topic: CreateTopic): Promise<TopicView> {
    return this.topics.create(member, topic);
  }

  /**
   * The topics directly below one, or at the top of the namespace, by their names. With a `depth` of more than one each
   * holds those below it. Callers who are confined to branches find these at the top.
   */
  @Get('tree')
  @Scopes('uns:read')
  @AnswersList(TopicNode)
  tree(@Caller() member: Member, @Query() query: TreeQuery): Promise<Stretch<TopicNode>> {
    return this.topicTree.read(member, query);
  }

  /**
   * Topics whose name contains the text, by their paths; of texts of one or two letters those whose name begins with it.
   * With slashes, the levels above have to end in what stands before the last one: `line-1/temp`; `line-1/` finds all that
   * lies directly in such topics. Case does not matter.
   */
  @Get('search')
  @Scopes('uns:read')
  @AnswersList(TopicView)
  search(@Caller() member: Member, @Query() query: TopicSearchQuery): Promise<Stretch<TopicView>> {
    return this.topics.search(member, query);
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

  /**
   * Removes a topic with its history; with `recursive=true` also the topics below it. Where others name one of them by its
   * path, this is refused with `details.dependents`, unless it is forced.
   */
  @Delete(':id')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersNothing(Dependents)
  remove(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() { recursive, ...query }: RemoveTopicQuery,
  ): Promise<void | Dependents> {
    return this.branches.remove(member, id, ifMatch, recursive, query);
  }

  /**
   * Moves or renames a topic with all below it. They keep their ids and with them history and configuration; data that
   * still comes to the old path makes new topics there. Where others name one of them by its path, this is refused with
   * `details.dependents`, unless it is forced.
   */
  @Post(':id/move')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(TopicView, Dependents)
  move(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
    @Body() { topic }: MoveTopic,
  ): Promise<TopicView | Dependents> {
    return this.branches.move(member, id, ifMatch, topic, query);
  }
}
