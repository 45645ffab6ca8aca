import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsEmail, IsIn, IsOptional, IsUUID, MaxLength } from 'class-validator';
import { ROLES, type Role } from '#kernel';
import type { DirectoryUser } from './user-directory';

/** Who, by id or by e-mail address, and as what. */
export class AddMember {
  @IsOptional()
  @IsUUID()
  userId?: string;

  /** Of somebody who has an account on this instance. @example "erika@example.com" */
  @IsOptional()
  @IsEmail()
  @MaxLength(320)
  email?: string;

  /** @example "viewer" */
  @IsDefined()
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES })
  role!: Role;
}

export class ChangeMember {
  /** @example "viewer" */
  @IsDefined()
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES })
  role!: Role;
}

export class MemberView {
  /** The user's. @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  email!: string;

  firstName!: string;

  lastName!: string;

  @ApiProperty({ enum: ROLES })
  role!: Role;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  /** Since when. */
  createdAt!: Date;
}

export const toMemberView = (
  user: DirectoryUser,
  { role, version, createdAt }: { role: Role; version: number; createdAt: Date },
): MemberView => ({
  id: user.id,
  email: user.email,
  firstName: user.firstName,
  lastName: user.lastName,
  role,
  version,
  createdAt,
});
