import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import {
  AnswersCreated,
  AnswersEntity,
  AnswersList,
  AnswersNothing,
  Caller,
  ListQuery,
  OrganizationFree,
  Scopes,
} from '#platform/http';
import { AccessTokensService } from './access-tokens.service';
import { AccessTokenView, CreateAccessToken, NewAccessTokenView } from './access-token.dto';

@ApiTags('Personal access tokens')
@Controller('oauth2/tokens')
@OrganizationFree()
export class AccessTokensController {
  constructor(private readonly tokens: AccessTokensService) {}

  /** One's own tokens, by pages; expired and revoked ones too. */
  @Get()
  @Scopes('tokens:read')
  @AnswersList(AccessTokenView)
  list(@Caller() actor: Actor, @Query() query: ListQuery): Promise<Page<AccessTokenView>> {
    return this.tokens.list(actor, query);
  }

  /** Makes a token. Its scopes are at most those of the credential that makes it; its text is in this answer alone. */
  @Post()
  @Scopes('tokens:write')
  @AnswersCreated(NewAccessTokenView)
  create(@Caller() actor: Actor, @Body() request: CreateAccessToken): Promise<NewAccessTokenView> {
    return this.tokens.create(actor, request);
  }

  /** One of one's own tokens. */
  @Get(':id')
  @Scopes('tokens:read')
  @AnswersEntity(AccessTokenView)
  get(@Caller() actor: Actor, @Param('id') id: string): Promise<AccessTokenView> {
    return this.tokens.get(actor, id);
  }

  /** Revokes a token; it stays in the list as revoked. */
  @Delete(':id')
  @Scopes('tokens:write')
  @AnswersNothing()
  revoke(@Caller() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.tokens.revoke(actor, id);
  }
}
