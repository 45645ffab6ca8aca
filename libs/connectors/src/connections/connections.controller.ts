import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member, Page } from '#kernel';
import { Dependents, GuardQuery } from '#platform/dependencies';
import {
  Answers,
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
import { ConnectionsService } from './connections.service';
import {
  ChangeConnection,
  CloneConnection,
  ConnectionQuery,
  ConnectionTest,
  ConnectionView,
  CreateConnection,
} from './dto/connection.dto';

@ApiTags('Connections')
@Controller('connections')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

  /** The organization's connections, by pages. The search is in names and descriptions. */
  @Get()
  @Scopes('connectors:read')
  @AnswersList(ConnectionView)
  list(@Caller() member: Member, @Query() query: ConnectionQuery): Promise<Page<ConnectionView>> {
    return this.connections.list(member, query);
  }

  /** Makes a connection. Its config is checked by the schema of its protocol; secrets are kept sealed. */
  @Post()
  @Scopes('connectors:write')
  @AnswersCreated(ConnectionView)
  create(@Caller() member: Member, @Body() connection: CreateConnection): Promise<ConnectionView> {
    return this.connections.create(member, connection);
  }

  /** One connection. */
  @Get(':id')
  @Scopes('connectors:read')
  @AnswersEntity(ConnectionView)
  get(@Caller() member: Member, @Param('id') id: string): Promise<ConnectionView> {
    return this.connections.get(member, id);
  }

  /**
   * Changes what is given. A config replaces the one before; secrets that are left out or sent as their mask stay. Disabling
   * it is refused while others depend on it, unless it is forced.
   */
  @Patch(':id')
  @Scopes('connectors:write')
  @GuardedByVersion()
  @AnswersEntity(ConnectionView, Dependents)
  change(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: ChangeConnection,
    @Query() query: GuardQuery,
  ): Promise<ConnectionView | Dependents> {
    return this.connections.change(member, id, ifMatch, change, query);
  }

  /** Removes a connection with its functions. Refused while others depend on any of them, unless it is forced. */
  @Delete(':id')
  @Scopes('connectors:write')
  @GuardedByVersion()
  @AnswersNothing(Dependents)
  delete(
    @Caller() member: Member,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Query() query: GuardQuery,
  ): Promise<Dependents | void> {
    return this.connections.delete(member, id, ifMatch, query);
  }

  /** Makes another connection with the same config, secrets and functions. */
  @Post(':id/clone')
  @Scopes('connectors:write')
  @AnswersCreated(ConnectionView, 'connections')
  clone(@Caller() member: Member, @Param('id') id: string, @Body() { name }: CloneConnection): Promise<ConnectionView> {
    return this.connections.clone(member, id, name);
  }

  /** Connects once, and tells whether the other side is there and lets us in. */
  @Post(':id/test')
  @Scopes('connectors:write')
  @Answers(ConnectionTest)
  test(@Caller() member: Member, @Param('id') id: string): Promise<ConnectionTest> {
    return this.connections.test(member, id);
  }
}
