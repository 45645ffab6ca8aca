import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { GrantedScope } from '#kernel';
import { User } from '../users/user.entity';

/** A personal access token. Kept as a hash alone; a revoked one keeps its row. */
@Entity('access_tokens')
@Unique('access_tokens_token_hash_key', ['tokenHash'])
@Index('access_tokens_user', ['userId', 'createdAt'])
export class AccessToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'access_tokens_pkey' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'access_tokens_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column('text')
  name!: string;

  @Column('bytea', { name: 'token_hash' })
  tokenHash!: Buffer;

  @Column('text', { array: true })
  scopes!: GrantedScope[];

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** Written once a minute at most. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}
