import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import {
  Answers,
  AnswersEntity,
  AnswersNothing,
  Caller,
  GuardedByVersion,
  IfMatch,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { TopicSchemaInput, TopicSchemaView, ValueToJudge, VerdictView } from './dto/schema.dto';
import { TopicSchemasService } from './topic-schemas.service';

@ApiTags('UNS schemas')
@Controller('uns/topics/:id/schema')
export class TopicSchemasController {
  constructor(private readonly schemas: TopicSchemasService) {}

  /** The schema in force for a topic: its own, or that of the most specific binding whose filter selects it. */
  @Get()
  @Scopes('uns:read')
  @AnswersEntity(TopicSchemaView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<TopicSchemaView> {
    return this.schemas.get(member, id);
  }

  /** Gives a topic a schema of its own. It holds for every value that comes after the answer. */
  @Put()
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(TopicSchemaView)
  put(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() schema: TopicSchemaInput,
  ): Promise<TopicSchemaView> {
    return this.schemas.put(member, id, ifMatch, schema);
  }

  /** Takes a topic's own schema away; bindings hold for it again. */
  @Delete()
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersNothing()
  delete(@Caller() member: Member, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<void> {
    return this.schemas.delete(member, id, ifMatch);
  }

  /** What would become of a value of this topic; nothing is stored. */
  @Post('validate')
  @Scopes('uns:read')
  @Answers(VerdictView)
  validate(@Caller() member: Member, @Param('id') id: string, @Body() value: ValueToJudge): Promise<VerdictView> {
    return this.schemas.validate(member, id, value);
  }
}
