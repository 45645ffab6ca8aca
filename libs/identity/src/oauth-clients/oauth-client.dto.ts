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
import { IfGiven, IsFlag, IsName, ListQuery } from '#platform/http';
import { secretHashes } from './client-secret';
import { CLIENT_TYPES, GRANT_TYPES, type ClientType, type GrantType } from './client-rules';
import type { OAuthClient } from './oauth-client.entity';

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

/** What is left out stays as it is; `null` empties a field that may be empty. The type is for good. */
export class UpdateOAuthClient {
  /** @example "ERP sync" */
  @IfGiven()
  @IsName(255)
  name?: string;

  /** What it is for. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string | null;

  /** How it gets tokens. @example ["client_credentials"] */
  @IfGiven()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one grant type' })
  @ArrayUnique()
  @IsIn(GRANT_TYPES, { each: true })
  @ApiProperty({ enum: GRANT_TYPES, isArray: true, required: false })
  grantTypes?: GrantType[];

  /** Where browsers are sent back to; compared exactly. @example ["https://erp.example.com/callback"] */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(2_000, { each: true })
  redirectUris?: string[];

  /** What its tokens may hold at most; one taken away is gone from live tokens too. @example ["uns:read", "uns:publish"] */
  @IfGiven()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one scope' })
  @ArrayMaxSize(200)
  @IsString({ each: true })
  scopes?: string[];

  /** Life of an access token in seconds, 60–86400. @example 3600 */
  @IfGiven()
  @IsInt()
  @Min(60)
  @Max(DAY_SECONDS)
  accessTokenTtlSeconds?: number;

  /** Life of a refresh token in seconds, up to a year. @example 2592000 */
  @IfGiven()
  @IsInt()
  @Min(60)
  @Max(365 * DAY_SECONDS)
  refreshTokenTtlSeconds?: number;

  /** The user as whom it acts by client credentials; `null` for who makes the change. */
  @IsOptional()
  @IsUUID()
  serviceUserId?: string | null;

  /** The organizations its tokens are confined to; `null` for all of the user's. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  organizationIds?: string[] | null;
}

export class RotateClientSecret {
  /** Seconds for which the secret until now still works, up to a week; 0 ends it at once. */
  @ApiProperty({ required: false })
  @IsInt()
  @Min(0)
  @Max(7 * DAY_SECONDS)
  overlapSeconds: number = DAY_SECONDS;
}

export class OAuthClientQuery extends ListQuery {
  /** Only enabled ones, or only disabled ones. */
  @IsFlag()
  enabled?: boolean;
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

  /** The platform's own: it can be disabled, but not changed or deleted. */
  builtIn!: boolean;

  /** Until when the secret before the last rotation still works; null when there is none that does. */
  previousSecretExpiresAt!: Date | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user who registered it; null for built-in clients. */
  createdBy!: string | null;

  updatedAt!: Date;

  /** Id of the user who changed it last. */
  updatedBy!: string | null;
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
  builtIn: client.builtIn,
  previousSecretExpiresAt: secretHashes(client).length > 1 ? client.previousSecretExpiresAt : null,
  version: client.version,
  createdAt: client.createdAt,
  createdBy: client.createdBy,
  updatedAt: client.updatedAt,
  updatedBy: client.updatedBy,
});
