import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { GrantedScope } from '#kernel';
import { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { User } from '../users/user.entity';

/** An access token of the OAuth2 server: a JWT is only good as long as its row says so. */
@Entity('issued_tokens')
@Index('issued_tokens_client', ['clientId'])
@Index('issued_tokens_user', ['userId'])
@Index('issued_tokens_grant', ['grantId'])
@Index('issued_tokens_expires_at', ['expiresAt'])
export class IssuedToken {
  /** The token's `jti` claim (RFC 7519, section 4.1.7). */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'issued_tokens_pkey' })
  jti!: string;

  @Column('uuid', { name: 'client_id' })
  @ForeignKey(() => OAuthClient, { name: 'issued_tokens_client_fkey', onDelete: 'CASCADE' })
  clientId!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'issued_tokens_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** The user's consent it rests on; null for client credentials. */
  @Column('text', { name: 'grant_id', nullable: true })
  grantId!: string | null;

  @Column('text', { array: true })
  scopes!: GrantedScope[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}
