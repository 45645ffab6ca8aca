import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  GuardedByVersion,
  IfMatch,
  ListQuery,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { CreateBinding, SchemaBindingView, UpdateBinding } from './dto/schema.dto';
import { SchemaBindingsService } from './schema-bindings.service';

@ApiTags('UNS schemas')
@Controller('uns/schema-bindings')
export class SchemaBindingsController {
  constructor(private readonly bindings: SchemaBindingsService) {}

  /** The organization's bindings, by pages. The search is in name and filter. */
  @Get()
  @Scopes('uns:read')
  @AnswersList(SchemaBindingView)
  list(@Caller() member: Member, @Query() query: ListQuery): Promise<Page<SchemaBindingView>> {
    return this.bindings.list(member, query);
  }

  /** Gives all topics of a filter a schema, those to come as well. A topic's own schema comes before it. */
  @Post()
  @Scopes('uns:write')
  @AnswersCreated(SchemaBindingView)
  create(@Caller() member: Member, @Body() binding: CreateBinding): Promise<SchemaBindingView> {
    return this.bindings.create(member, binding);
  }

  /** One binding. */
  @Get(':id')
  @Scopes('uns:read')
  @AnswersEntity(SchemaBindingView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<SchemaBindingView> {
    return this.bindings.get(member, id);
  }

  /** Changes a binding. It holds for every value that comes after the answer. */
  @Patch(':id')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersEntity(SchemaBindingView)
  update(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: UpdateBinding,
  ): Promise<SchemaBindingView> {
    return this.bindings.update(member, id, ifMatch, change);
  }

  /** Removes a binding. */
  @Delete(':id')
  @Scopes('uns:write')
  @GuardedByVersion()
  @AnswersNothing()
  delete(@Caller() member: Member, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<void> {
    return this.bindings.delete(member, id, ifMatch);
  }
}
