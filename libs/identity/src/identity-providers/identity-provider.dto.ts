import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsDefined,
  IsFQDN,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ROLES, type Role } from '#kernel';
import { IsName, IfGiven } from '#platform/http';
import type { IdentityProvider } from './identity-provider.entity';

/** Stands for the secret in answers; sent back, it keeps the one there is. */
export const SECRET_MASK = '********';

export const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export class RoleRuleBody {
  /** A value of the role claim. @example "plant-north-operators" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  value!: string;

  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  @IsUUID()
  organizationId!: string;

  @IsDefined()
  @IsIn(ROLES)
  role!: Role;
}

export class CreateIdentityProvider {
  /** What its button on the sign-in page says: "Sign in with …". @example "Acme Corp" */
  @IsName(100)
  name!: string;

  /** Its part of the callback's address; never changes. @example "acme" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  @Matches(SLUG, { message: '$property must be lower-case letters and digits, joined by hyphens' })
  slug!: string;

  /** Exactly as its discovery document names it. https; http for loopback addresses alone. @example "https://login.example.com" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(1_000)
  issuer!: string;

  /** What the company calls this platform. @example "maestrohub" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  clientId!: string;

  /** Kept sealed, and never shown again. @example "a secret from the company" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(1_000)
  clientSecret!: string;

  /** What is asked for; `openid` always is. @example ["openid", "profile", "email"] */
  @ApiProperty({ required: false })
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one scope' })
  @ArrayMaxSize(50)
  @MaxLength(255, { each: true })
  @Matches(SCOPE, { each: true, message: '$property must be names without spaces' })
  scopes: string[] = ['openid', 'profile', 'email'];

  /**
   * The e-mail domains it may speak for: users with a verified address in one of them are linked, or created. A
   * subdomain is another domain. With none, only those who are linked already sign in. @example ["example.com"]
   */
  @ApiProperty({ required: false })
  @IsArray()
  @ArrayMaxSize(100)
  @IsFQDN({}, { each: true, message: '$property must be domain names' })
  domains: string[] = [];

  /** Makes a user for whoever has none yet, under the same conditions. */
  @ApiProperty({ required: false })
  @IsBoolean()
  createUsers: boolean = false;

  /** Enabling asks the provider for its discovery document, and fails where that does not answer. */
  @ApiProperty({ required: false })
  @IsBoolean()
  enabled: boolean = false;

  /** The claim with the roles somebody has at the company: a name, or a path. @example "realm_access.roles" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  roleClaim?: string | null;

  /**
   * Memberships by the values of the role claim, set at every sign-in. What it gives no longer is taken away; what
   * was given by hand stays as it is, and so does the last admin of an organization.
   */
  @ApiProperty({ required: false, type: [RoleRuleBody] })
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => RoleRuleBody)
  roleMapping: RoleRuleBody[] = [];
}

export class ChangeIdentityProvider {
  /** @example "Acme Corp" */
  @IfGiven()
  @IsName(100)
  name?: string;

  /** Another issuer needs the secret again, and is refused while users are linked. @example "https://login.example.com" */
  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1_000)
  issuer?: string;

  /** @example "maestrohub" */
  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  clientId?: string;

  /** Left out or masked, it stays what it is. @example "********" */
  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1_000)
  clientSecret?: string;

  /** @example ["openid", "profile", "email"] */
  @IfGiven()
  @IsArray()
  @ArrayNotEmpty({ message: '$property must name at least one scope' })
  @ArrayMaxSize(50)
  @MaxLength(255, { each: true })
  @Matches(SCOPE, { each: true, message: '$property must be names without spaces' })
  scopes?: string[];

  /** @example ["example.com"] */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(100)
  @IsFQDN({}, { each: true, message: '$property must be domain names' })
  domains?: string[];

  @IfGiven()
  @IsBoolean()
  createUsers?: boolean;

  @IfGiven()
  @IsBoolean()
  enabled?: boolean;

  /** null to map no roles; what was mapped is taken away at the next sign-in. @example "realm_access.roles" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  roleClaim?: string | null;

  @IfGiven()
  @ApiProperty({ required: false, type: [RoleRuleBody] })
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => RoleRuleBody)
  roleMapping?: RoleRuleBody[];
}

export class IdentityProviderView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Acme Corp" */
  name!: string;

  /** @example "acme" */
  slug!: string;

  /** @example "https://login.example.com" */
  issuer!: string;

  /** @example "maestrohub" */
  clientId!: string;

  /** Always masked. @example "********" */
  clientSecret!: string;

  /** What the company has to register as redirect URI. @example "https://hub.example.com/api/v1/auth/oidc/callback/acme" */
  callbackUrl!: string;

  /** @example ["openid", "profile", "email"] */
  scopes!: string[];

  /** @example ["example.com"] */
  domains!: string[];

  createUsers!: boolean;

  enabled!: boolean;

  roleClaim!: string | null;

  roleMapping!: RoleRuleBody[];

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  updatedAt!: Date;
}

export const toIdentityProviderView = (provider: IdentityProvider, callbackUrl: string): IdentityProviderView => ({
  id: provider.id,
  name: provider.name,
  slug: provider.slug,
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: SECRET_MASK,
  callbackUrl,
  scopes: provider.scopes,
  domains: provider.domains,
  createUsers: provider.createUsers,
  enabled: provider.enabled,
  roleClaim: provider.roleClaim,
  roleMapping: provider.roleMapping,
  version: provider.version,
  createdAt: provider.createdAt,
  updatedAt: provider.updatedAt,
});
