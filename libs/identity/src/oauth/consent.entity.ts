import { Column, Entity, ForeignKey, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { User } from '../users/user.entity';

/** What a user has allowed a client: as long as no more is asked for, the user is not asked again. */
@Entity('oauth_consents')
@Index('oauth_consents_client', ['clientId'])
export class Consent {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'oauth_consents_pkey' })
  @ForeignKey(() => User, { name: 'oauth_consents_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @PrimaryColumn('uuid', { name: 'client_id', primaryKeyConstraintName: 'oauth_consents_pkey' })
  @ForeignKey(() => OAuthClient, { name: 'oauth_consents_client_fkey', onDelete: 'CASCADE' })
  clientId!: string;

  /** Scopes of the platform and of OpenID Connect. */
  @Column('text', { array: true })
  scopes!: string[];

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
