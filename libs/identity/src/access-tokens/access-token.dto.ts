import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsDefined, IsIn, IsString } from 'class-validator';
import { IsName } from '#platform/http';
import type { AccessToken } from './access-token.entity';

export const TOKEN_LIFETIMES = [30, 90, 180, 365] as const;

export class CreateAccessToken {
  /** What it is for, up to 255 characters. @example "Line 1 gateway" */
  @IsName(255)
  name!: string;

  /** Days until it expires: 30, 90, 180 or 365. */
  @ApiProperty({ required: false })
  @IsIn(TOKEN_LIFETIMES)
  expiresInDays: number = 90;

  /** What it may do; `uns:*` may be narrowed to a branch. @example ["uns:read", "uns:publish:mHv1.0/factory/line-1/#"] */
  @IsDefined()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one scope' })
  @ArrayMaxSize(200)
  @IsString({ each: true })
  scopes!: string[];
}

export class AccessTokenView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Line 1 gateway" */
  name!: string;

  status!: 'active' | 'expired' | 'revoked';

  /** @example ["uns:read"] */
  scopes!: string[];

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Exact to the minute. */
  lastUsedAt!: Date | null;

  expiresAt!: Date;
}

export class NewAccessTokenView extends AccessTokenView {
  /** The token, shown this once. @example "mh_pat_0qD8bX3kVn5tYc2mZs7wLh4rGj9fKp6aTe1uRi8oNxW" */
  token!: string;
}

function statusOf({ revokedAt, expiresAt }: AccessToken): AccessTokenView['status'] {
  if (revokedAt) return 'revoked';
  return expiresAt.getTime() > Date.now() ? 'active' : 'expired';
}

export const toAccessTokenView = (token: AccessToken): AccessTokenView => ({
  id: token.id,
  name: token.name,
  status: statusOf(token),
  scopes: token.scopes,
  version: token.version,
  createdAt: token.createdAt,
  lastUsedAt: token.lastUsedAt,
  expiresAt: token.expiresAt,
});
