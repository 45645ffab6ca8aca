import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '#kernel';
import {
  Answers,
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
  AdminUserView,
  ChangeUserStatus,
  CreateUser,
  DeleteUserQuery,
  ResetPassword,
  ResetPasswordView,
  UpdateUser,
  UserListQuery,
  UserQuery,
} from './user.dto';
import { UsersService } from './users.service';

@ApiTags('Users')
@Controller('admin/users')
@OrganizationFree()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** The users of the instance, by pages; `search` looks at e-mail addresses and names. */
  @Get()
  @Scopes('users:read')
  @AnswersList(AdminUserView)
  list(@Query() query: UserListQuery): Promise<Page<AdminUserView>> {
    return this.users.list(query);
  }

  /** Makes a user. Only a credential with every scope can make a system administrator. */
  @Post()
  @Scopes('users:write')
  @AnswersCreated(AdminUserView)
  create(@Caller() actor: Actor, @Body() request: CreateUser): Promise<AdminUserView> {
    return this.users.create(actor, request);
  }

  /** One user; deleted ones where they are asked for. */
  @Get(':id')
  @Scopes('users:read')
  @AnswersEntity(AdminUserView)
  get(@Param('id') id: string, @Query() query: UserQuery): Promise<AdminUserView> {
    return this.users.get(id, query.deleted);
  }

  /** Changes a user. The last active system administrator stays one. */
  @Patch(':id')
  @Scopes('users:write')
  @GuardedByVersion()
  @AnswersEntity(AdminUserView)
  update(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: UpdateUser,
  ): Promise<AdminUserView> {
    return this.users.update(actor, id, ifMatch, request);
  }

  /**
   * Deletes a user, who can be restored. Ends their sessions, personal access tokens and grants at once. Refused with
   * the dependents while OAuth2 clients act in the user's name, unless it is forced.
   */
  @Delete(':id')
  @Scopes('users:write')
  @AnswersNothing()
  delete(@Caller() actor: Actor, @Param('id') id: string, @Query() query: DeleteUserQuery): Promise<void> {
    return this.users.delete(actor, id, query.force);
  }

  /** Takes a deletion back: memberships are as they were, sessions and tokens stay ended. */
  @Post(':id/restore')
  @Scopes('users:write')
  @AnswersEntity(AdminUserView)
  restore(@Caller() actor: Actor, @Param('id') id: string): Promise<AdminUserView> {
    return this.users.restore(actor, id);
  }

  /** Lets a user in, or refuses all their credentials within a second. */
  @Patch(':id/status')
  @Scopes('users:write')
  @GuardedByVersion()
  @AnswersEntity(AdminUserView)
  setStatus(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @IfMatch() ifMatch: SeenVersion,
    @Body() request: ChangeUserStatus,
  ): Promise<AdminUserView> {
    return this.users.setStatus(actor, id, ifMatch, request);
  }

  /**
   * Gives a user another password, which they have to change when they next sign in. Ends their sessions and grants;
   * personal access tokens where it is asked for.
   */
  @Post(':id/reset-password')
  @Scopes('users:write')
  @Answers(ResetPasswordView)
  resetPassword(
    @Caller() actor: Actor,
    @Param('id') id: string,
    @Body() request: ResetPassword,
  ): Promise<ResetPasswordView> {
    return this.users.resetPassword(actor, id, request);
  }
}
