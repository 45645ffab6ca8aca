import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { CLIENT_TYPES, GRANT_TYPES, type ClientType, type GrantType } from './client-rules';
import type { OAuthClient } from './oauth-client.entity';
import { IsName } from '#platform/http';

const DAY_SECONDS = 86_400;

export class CreateOAuthClient {
  /** @example "ERP sync" */
  @IsName(255)
  name!: string;

  /** What it is for. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string | null;

  /** Whether it can keep a secret. @example "confidential" */
  @IsDefined()
  @IsIn(CLIENT_TYPES)
  type!: ClientType;

  /** How it gets tokens. @example ["client_credentials"] */
  @IsDefined()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one grant type' })
  @ArrayUnique()
  @IsIn(GRANT_TYPES, { each: true })
  @ApiProperty({ enum: GRANT_TYPES, isArray: true })
  grantTypes!: GrantType[];

  /** Where browsers are sent back to; compared exactly. @example ["https://erp.example.com/callback"] */
  @ApiProperty({ required: false })
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(2_000, { each: true })
  redirectUris: string[] = [];

  /** What its tokens may hold at most. @example ["uns:read", "uns:publish"] */
  @IsDefined()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one scope' })
  @ArrayMaxSize(200)
  @IsString({ each: true })
  scopes!: string[];

  /** Life of an access token in seconds, 60–86400. */
  @ApiProperty({ required: false })
  @IsInt()
  @Min(60)
  @Max(DAY_SECONDS)
  accessTokenTtlSeconds: number = 3_600;

  /** Life of a refresh token in seconds, up to a year. */
  @ApiProperty({ required: false })
  @IsInt()
  @Min(60)
  @Max(365 * DAY_SECONDS)
  refreshTokenTtlSeconds: number = 30 * DAY_SECONDS;

  /** The user as whom it acts by client credentials. Default: who registers it. */
  @IsOptional()
  @IsUUID()
  serviceUserId?: string | null;

  /** The organizations its tokens are confined to. Default: all of the user's. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  organizationIds?: string[] | null;
}

export class OAuthClientView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** What the client calls itself at the token endpoint. @example "mh_client_0qD8bX3kVn5tYc2mZs7wLh" */
  clientId!: string;

  /** @example "ERP sync" */
  name!: string;

  description!: string | null;

  type!: ClientType;

  /** @example ["client_credentials"] */
  @ApiProperty({ enum: GRANT_TYPES, isArray: true })
  grantTypes!: GrantType[];

  redirectUris!: string[];

  /** @example ["uns:read"] */
  scopes!: string[];

  /** @example 3600 */
  accessTokenTtlSeconds!: number;

  /** @example 2592000 */
  refreshTokenTtlSeconds!: number;

  serviceUserId!: string | null;

  organizationIds!: string[] | null;

  /** A disabled client gets no tokens, and those it has are refused. */
  enabled!: boolean;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  updatedAt!: Date;
}

export class NewOAuthClientView extends OAuthClientView {
  /** The secret of a confidential client, shown this once. @example "mh_secret_0qD8bX3kVn5tYc2mZs7wLh4rGj9fKp6aTe1uRi8oNxW" */
  clientSecret?: string;
}

export const toOAuthClientView = (client: OAuthClient): OAuthClientView => ({
  id: client.id,
  clientId: client.clientId,
  name: client.name,
  description: client.description,
  type: client.type,
  grantTypes: client.grantTypes,
  redirectUris: client.redirectUris,
  scopes: client.scopes,
  accessTokenTtlSeconds: client.accessTokenTtlSeconds,
  refreshTokenTtlSeconds: client.refreshTokenTtlSeconds,
  serviceUserId: client.serviceUserId,
  organizationIds: client.organizationIds,
  enabled: client.enabled,
  version: client.version,
  createdAt: client.createdAt,
  updatedAt: client.updatedAt,
});
