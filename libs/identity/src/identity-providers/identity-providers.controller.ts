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
  ListQuery,
  OrganizationFree,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { ChangeIdentityProvider, CreateIdentityProvider, IdentityProviderView } from './identity-provider.dto';
import { IdentityProvidersService } from './identity-providers.service';

@ApiTags('Identity providers')
@Controller('admin/identity-providers')
@OrganizationFree()
export class IdentityProvidersController {
  constructor(private readonly providers: IdentityProvidersService) {}

  /** Companies' own OpenID Connect providers, by pages. */
  @Get()
  @Scopes('system:read')
  @AnswersList(IdentityProviderView)
  list(@Query() query: ListQuery): Promise<Page<IdentityProviderView>> {
    return this.providers.list(query);
  }

  /** Sets one up. The company registers `callbackUrl` of the answer. An enabled one takes a credential with every scope. */
  @Post()
  @Scopes('system:write')
  @AnswersCreated(IdentityProviderView)
  create(@Caller() actor: Actor, @Body() request: CreateIdentityProvider): Promise<IdentityProviderView> {
    return this.providers.create(actor, request);
  }

  /** One provider. */
  @Get(':id')
  @Scopes('system:read')
  @AnswersEntity(IdentityProviderView)
  get(@Param('id') id: string): Promise<IdentityProviderView> {
    return this.providers.get(id);
  }

  /** Changes what is given; one that is enabled only by a credential with every scope. Disabling stops sign-ins through it at once; those who are signed in stay so. */
  @Patch(':id')
  @Scopes('system:write')
  @GuardedByVersion()
  @AnswersEntity(IdentityProviderView)
  change(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: ChangeIdentityProvider,
  ): Promise<IdentityProviderView> {
    return this.providers.change(actor, id, ifMatch, request);
  }

  /** Removes it and its links. The users stay, and so do memberships it gave. */
  @Delete(':id')
  @Scopes('system:write')
  @GuardedByVersion()
  @AnswersNothing()
  delete(@Param('id') id: string, @IfMatch() ifMatch: SeenVersion): Promise<void> {
    return this.providers.delete(id, ifMatch);
  }
}
