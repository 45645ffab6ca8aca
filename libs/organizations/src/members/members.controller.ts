import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
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
  OrganizationFree,
  OrganizationInPath,
  Scopes,
  type SeenVersion,
} from '#platform/http';
import { AddMember, ChangeMember, MemberView } from './member.dto';
import { MembersService } from './members.service';

@ApiTags('Organizations')
@Controller('organizations/:id/members')
@OrganizationFree()
export class MembersController {
  constructor(private readonly members: MembersService) {}

  /** The members with their roles, by last name. The search is in names and e-mail addresses. */
  @Get()
  @ApiParam({ name: 'id' })
  @OrganizationInPath({ evenSuspended: true })
  @Scopes('organizations:read')
  @AnswersList(MemberView)
  list(@Caller() member: Member, @Query() query: ListQuery): Promise<Page<MemberView>> {
    return this.members.list(member, query);
  }

  /** Gives somebody who has an account a role in the organization. */
  @Post()
  @ApiParam({ name: 'id' })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @AnswersCreated(MemberView)
  add(@Caller() member: Member, @Body() request: AddMember): Promise<MemberView> {
    return this.members.add(member, request);
  }

  /** Changes a role. In force within a second, also for tokens that are in use. */
  @Patch(':userId')
  @ApiParam({ name: 'id' })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @GuardedByVersion()
  @AnswersEntity(MemberView)
  change(
    @Caller() member: Member,
    @Param('userId') userId: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() { role }: ChangeMember,
  ): Promise<MemberView> {
    return this.members.change(member, userId, ifMatch, role);
  }

  /** Takes somebody out of the organization; the last admin stays. */
  @Delete(':userId')
  @ApiParam({ name: 'id' })
  @OrganizationInPath()
  @Scopes('organizations:write')
  @AnswersNothing()
  remove(@Caller() member: Member, @Param('userId') userId: string): Promise<void> {
    return this.members.remove(member, userId);
  }
}
