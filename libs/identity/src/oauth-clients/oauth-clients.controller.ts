import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  GuardedByVersion,
  IfMatch,
  OrganizationFree,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  CreateOAuthClient,
  NewOAuthClientView,
  OAuthClientQuery,
  OAuthClientView,
  RotateClientSecret,
  UpdateOAuthClient,
} from './oauth-client.dto';
import { OAuthClientsService } from './oauth-clients.service';

@ApiTags('OAuth2 clients')
@Controller('oauth2/clients')
@OrganizationFree()
export class OAuthClientsController {
  constructor(private readonly clients: OAuthClientsService) {}

  /** The clients of the instance, by pages. The search is in name, client id and description. */
  @Get()
  @Scopes('clients:read')
  @AnswersList(OAuthClientView)
  list(@Query() query: OAuthClientQuery): Promise<Page<OAuthClientView>> {
    return this.clients.list(query);
  }

  /** Registers a client. The secret of a confidential one is in this answer alone. */
  @Post()
  @Scopes('clients:write')
  @AnswersCreated(NewOAuthClientView)
  create(@Caller() actor: Actor, @Body() request: CreateOAuthClient): Promise<NewOAuthClientView> {
    return this.clients.create(actor, request);
  }

  /** One client. */
  @Get(':id')
  @Scopes('clients:read')
  @AnswersEntity(OAuthClientView)
  get(@Param('id') id: string): Promise<OAuthClientView> {
    return this.clients.get(id);
  }

  /** Changes a client; its type is for good. */
  @Patch(':id')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(OAuthClientView)
  update(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: UpdateOAuthClient,
  ): Promise<OAuthClientView> {
    return this.clients.update(actor, id, ifMatch, request);
  }

  /** Removes a client for good; its live tokens are refused within a second. */
  @Delete(':id')
  @Scopes('clients:write')
  @AnswersNothing()
  delete(@Param('id') id: string): Promise<void> {
    return this.clients.delete(id);
  }

  /** Gives a confidential client a new secret, which is in this answer alone. The one until now works on for a while. */
  @Post(':id/rotate-secret')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(NewOAuthClientView)
  rotateSecret(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() { overlapSeconds }: RotateClientSecret,
  ): Promise<NewOAuthClientView> {
    return this.clients.rotateSecret(actor, id, ifMatch, overlapSeconds);
  }

  /** Lets a client get tokens again; tokens from before that have not expired work again. */
  @Post(':id/enable')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(OAuthClientView)
  enable(@Caller() actor: Actor, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<OAuthClientView> {
    return this.clients.setEnabled(actor, id, ifMatch, true);
  }

  /** Stops new tokens and refuses the live ones within a second. */
  @Post(':id/disable')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(OAuthClientView)
  disable(@Caller() actor: Actor, @Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<OAuthClientView> {
    return this.clients.setEnabled(actor, id, ifMatch, false);
  }
}
