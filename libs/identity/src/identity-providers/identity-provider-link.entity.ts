import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { User } from '../users/user.entity';
import { IdentityProvider } from './identity-provider.entity';

/** Which user somebody of a company is. A user is one person there, so that a reused e-mail address is no way in. */
@Entity('identity_provider_links')
@Unique('identity_provider_links_user_key', ['providerId', 'userId'])
@Index('identity_provider_links_user', ['userId'])
export class IdentityProviderLink {
  @PrimaryColumn('uuid', { name: 'provider_id', primaryKeyConstraintName: 'identity_provider_links_pkey' })
  @ForeignKey(() => IdentityProvider, { name: 'identity_provider_links_provider_fkey', onDelete: 'CASCADE' })
  providerId!: string;

  /** The company's lasting name for the person (OpenID Connect Core, section 2: `sub`). */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'identity_provider_links_pkey' })
  subject!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'identity_provider_links_user_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** Where the membership was given by the company's roles, and is taken away with them. */
  @Column('uuid', { name: 'managed_organization_ids', array: true, default: [] })
  managedOrganizationIds!: string[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
