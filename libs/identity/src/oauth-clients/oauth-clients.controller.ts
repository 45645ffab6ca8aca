import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  Caller,
  GuardedByVersion,
  IfMatch,
  ListQuery,
  OrganizationFree,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { CreateOAuthClient, NewOAuthClientView, OAuthClientView } from './oauth-client.dto';
import { OAuthClientsService } from './oauth-clients.service';

@ApiTags('OAuth2 clients')
@Controller('oauth2/clients')
@OrganizationFree()
export class OAuthClientsController {
  constructor(private readonly clients: OAuthClientsService) {}

  /** The clients of the instance, by pages. */
  @Get()
  @Scopes('clients:read')
  @AnswersList(OAuthClientView)
  list(@Query() query: ListQuery): Promise<Page<OAuthClientView>> {
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

  /** Lets a client get tokens again; tokens from before that have not expired work again. */
  @Post(':id/enable')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(OAuthClientView)
  enable(@Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<OAuthClientView> {
    return this.clients.setEnabled(id, ifMatch, true);
  }

  /** Stops new tokens and refuses the live ones within a second. */
  @Post(':id/disable')
  @Scopes('clients:write')
  @GuardedByVersion()
  @AnswersEntity(OAuthClientView)
  disable(@Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<OAuthClientView> {
    return this.clients.setEnabled(id, ifMatch, false);
  }
}
