import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import type { GrantedScope } from '#kernel';
import type { ClientType, GrantType } from './client-rules';
import { User } from '../users/user.entity';

/** An application registered to get tokens (RFC 6749, section 2). */
@Entity('oauth_clients')
@Unique('oauth_clients_client_id_key', ['clientId'])
@Index('oauth_clients_service_user', ['serviceUserId'])
@Check('oauth_clients_type_check', `type IN ('public', 'confidential')`)
export class OAuthClient {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'oauth_clients_pkey' })
  id!: string;

  /** What the client calls itself at the token endpoint. */
  @Column('text', { name: 'client_id' })
  clientId!: string;

  /** SHA-256 of the secret; null for public clients. */
  @Column('bytea', { name: 'secret_hash', nullable: true })
  secretHash!: Buffer | null;

  /** The secret before the last rotation, which still proves until then. */
  @Column('bytea', { name: 'previous_secret_hash', nullable: true })
  previousSecretHash!: Buffer | null;

  @Column('timestamptz', { name: 'previous_secret_expires_at', nullable: true })
  previousSecretExpiresAt!: Date | null;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  type!: ClientType;

  @Column('text', { name: 'grant_types', array: true })
  grantTypes!: GrantType[];

  @Column('text', { name: 'redirect_uris', array: true })
  redirectUris!: string[];

  /** What its tokens may hold at most. */
  @Column('text', { array: true })
  scopes!: GrantedScope[];

  @Column('int', { name: 'access_token_ttl_seconds' })
  accessTokenTtlSeconds!: number;

  @Column('int', { name: 'refresh_token_ttl_seconds' })
  refreshTokenTtlSeconds!: number;

  /** The user as whom it acts by client credentials. */
  @Column('uuid', { name: 'service_user_id', nullable: true })
  @ForeignKey(() => User, { name: 'oauth_clients_service_user_fkey' })
  serviceUserId!: string | null;

  /** The organizations it is confined to; null for all of its user's. */
  @Column('uuid', { name: 'organization_ids', array: true, nullable: true })
  organizationIds!: string[] | null;

  @Column('bool', { default: true })
  enabled!: boolean;

  /** The platform's own: made and kept true by it, so that it can be switched off and on, but not changed. */
  @Column('bool', { name: 'built_in', default: false })
  builtIn!: boolean;

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  /** Nobody for a client that the platform made. */
  @Column('uuid', { name: 'created_by', nullable: true })
  @ForeignKey(() => User, { name: 'oauth_clients_created_by_fkey', onDelete: 'SET NULL' })
  createdBy!: string | null;

  @Column('uuid', { name: 'updated_by', nullable: true })
  @ForeignKey(() => User, { name: 'oauth_clients_updated_by_fkey', onDelete: 'SET NULL' })
  updatedBy!: string | null;
}
