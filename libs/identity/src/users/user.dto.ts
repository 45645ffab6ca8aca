import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsEmail, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { Role } from '#kernel';
import type { OwnOrganization } from '#organizations';
import { IsNewPassword } from '../passwords/password.dto';
import { IfGiven, IsFlag, IsName, ListQuery } from '#platform/http';
import type { User } from './user.entity';

export const USER_STATUSES = ['active', 'inactive', 'locked'] as const;

/** The longest there can be (RFC 5321, erratum 1690). */
const LONGEST_EMAIL = 254;

const IsEmailAddress = ({ required = true } = {}): PropertyDecorator =>
  applyDecorators(
    IsEmail({}, { message: '$property must be an e-mail address' }),
    MaxLength(LONGEST_EMAIL),
    ApiProperty({ required, format: 'email', maxLength: LONGEST_EMAIL }),
  );

export class UserQuery {
  /** Whether a deleted user is meant. */
  @IsFlag()
  deleted?: boolean;
}

export class UserListQuery extends ListQuery {
  /** Those with this status alone. */
  @IsOptional()
  @IsIn(USER_STATUSES)
  @ApiProperty({ required: false, enum: USER_STATUSES })
  status?: User['status'];

  /** Deleted users instead of those who are not. */
  @IsFlag()
  deleted?: boolean;

  /** System administrators alone, or everybody else. */
  @IsFlag()
  systemAdmin?: boolean;
}

export class DeleteUserQuery {
  /** Also when clients act in the user's name: they get no more tokens, and those they have are refused. */
  @IsFlag()
  force?: boolean;
}

export class CreateUser {
  /** Whatever its case, one account. @example "petra.lindqvist@example.com" */
  @IsEmailAddress()
  email!: string;

  /**
   * 12–200 characters of any kind; not one of the most common passwords, nor made of the user's name, e-mail address
   * or the product's name. @example "violet tractor hums at noon"
   */
  @IsNewPassword()
  password!: string;

  /** @example "Petra" */
  @IsName(100)
  firstName!: string;

  /** @example "Lindqvist" */
  @IsName(100)
  lastName!: string;

  /** Counts as admin of every organization. */
  @ApiProperty({ required: false })
  @IsBoolean()
  systemAdmin: boolean = false;
}

export class UpdateUser {
  /** @example "petra.lindqvist@example.com" */
  @IfGiven()
  @IsEmailAddress({ required: false })
  email?: string;

  /** @example "Petra" */
  @IfGiven()
  @IsName(100)
  firstName?: string;

  /** @example "Lindqvist" */
  @IfGiven()
  @IsName(100)
  lastName?: string;

  /** Counts as admin of every organization. */
  @IfGiven()
  @IsBoolean()
  systemAdmin?: boolean;
}

export class ChangeUserStatus {
  /** All credentials of somebody who is not active are refused within a second; they work again afterwards. */
  @IsDefined()
  @IsIn(USER_STATUSES)
  @ApiProperty({ enum: USER_STATUSES, example: 'locked' })
  status!: User['status'];

  /** Why, for those who look at it later. @example "Left the company" */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}

export class ResetPassword {
  /** As for a new user. Default: a random one, which the answer shows. @example "violet tractor hums at noon" */
  @IfGiven()
  @IsNewPassword({ required: false })
  password?: string;

  /** Ends the user's personal access tokens too. */
  @ApiProperty({ required: false })
  @IsBoolean()
  revokeTokens: boolean = false;
}

export class UserOrganizationView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Plant North" */
  name!: string;

  role!: Role;
}

export class AdminUserView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "petra.lindqvist@example.com" */
  email!: string;

  /** @example "Petra" */
  firstName!: string;

  /** @example "Lindqvist" */
  lastName!: string;

  @ApiProperty({ enum: USER_STATUSES })
  status!: User['status'];

  statusReason!: string | null;

  /** Counts as admin of every organization. */
  systemAdmin!: boolean;

  /** The password was set by an administrator and has to be changed at the next sign-in. */
  passwordChangeRequired!: boolean;

  /** Memberships, by name; the first 100. */
  organizations!: UserOrganizationView[];

  lastLoginAt!: Date | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user who did. */
  createdBy!: string | null;

  updatedAt!: Date;

  updatedBy!: string | null;

  deletedAt!: Date | null;
}

export class ResetPasswordView {
  /** The user's id. @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** The password that was made up, shown this once; absent where one was given. @example "k7mzp-4w2xd-9qhtn-b3yce-r8vfu" */
  password?: string;

  /** It is good for signing in with a new one alone. */
  passwordChangeRequired!: boolean;
}

export const toAdminUserView = (user: User, organizations: OwnOrganization[]): AdminUserView => ({
  id: user.id,
  email: user.email,
  firstName: user.firstName,
  lastName: user.lastName,
  status: user.status,
  statusReason: user.statusReason,
  systemAdmin: user.systemAdmin,
  passwordChangeRequired: user.passwordChangeRequired,
  organizations,
  lastLoginAt: user.lastLoginAt,
  version: user.version,
  createdAt: user.createdAt,
  createdBy: user.createdBy,
  updatedAt: user.updatedAt,
  updatedBy: user.updatedBy,
  deletedAt: user.deletedAt,
});
