import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor, Member, Page } from '#kernel';
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
  OrganizationInPath,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import {
  CreateOrganization,
  DeleteOrganizationQuery,
  OrganizationView,
  SuspendOrganization,
  UpdateOrganization,
} from './organization.dto';
import { OrganizationsService } from './organizations.service';

@ApiTags('Organizations')
@Controller('organizations')
@OrganizationFree()
export class OrganizationsController {
  constructor(private readonly organizations: OrganizationsService) {}

  /** One's own organizations, by pages; all of them for system administrators. */
  @Get()
  @Scopes('organizations:read')
  @AnswersList(OrganizationView)
  list(@Caller() actor: Actor, @Query() query: ListQuery): Promise<Page<OrganizationView>> {
    return this.organizations.list(actor, query);
  }

  /** Makes an organization, whose first admin is the caller. For system administrators. */
  @Post()
  @Scopes('organizations:write')
  @AnswersCreated(OrganizationView)
  create(@Caller() actor: Actor, @Body() request: CreateOrganization): Promise<OrganizationView> {
    return this.organizations.create(actor, request);
  }

  /** One organization. */
  @Get(':id')
  @ApiParam({ name: 'id' })
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:read')
  @AnswersEntity(OrganizationView)
  get(@Caller() member: Member): Promise<OrganizationView> {
    return this.organizations.get(member);
  }

  /** Changes name, description and, for system administrators, the prefix of its topics. */
  @Patch(':id')
  @ApiParam({ name: 'id' })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @GuardedByVersion()
  @AnswersEntity(OrganizationView)
  update(
    @Caller() member: Member,
    @IfMatch() ifMatch: SeenVersion,
    @Body() change: UpdateOrganization,
  ): Promise<OrganizationView> {
    return this.organizations.update(member, ifMatch, change);
  }

  /** Removes an organization with all that is in it: out of reach at once, from the disk in time. For system administrators. */
  @Delete(':id')
  @ApiParam({ name: 'id' })
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:write')
  @AnswersNothing()
  delete(@Caller() member: Member, @Query() { force }: DeleteOrganizationQuery): Promise<void> {
    return this.organizations.delete(member, force);
  }

  /** Turns all of its users and machines away, within a second. For system administrators. */
  @Post(':id/suspend')
  @ApiParam({ name: 'id' })
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:write')
  @GuardedByVersion()
  @AnswersEntity(OrganizationView)
  suspend(
    @Caller() member: Member,
    @IfMatch() ifMatch: SeenVersion,
    @Body() { reason }: SuspendOrganization,
  ): Promise<OrganizationView> {
    return this.organizations.suspend(member, ifMatch, reason);
  }

  /** Lets everybody in again. For system administrators. */
  @Post(':id/activate')
  @ApiParam({ name: 'id' })
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:write')
  @GuardedByVersion()
  @AnswersEntity(OrganizationView)
  activate(@Caller() member: Member, @IfMatch() ifMatch: SeenVersion): Promise<OrganizationView> {
    return this.organizations.activate(member, ifMatch);
  }
}
