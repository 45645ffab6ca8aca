import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { RoleRule } from './company-claims';

/** A company's own OpenID Connect provider, through which its people sign in. */
@Entity('identity_providers')
@Unique('identity_providers_slug_key', ['slug'])
export class IdentityProvider {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'identity_providers_pkey' })
  id!: string;

  /** What its button says. */
  @Column('text')
  name!: string;

  /** Its part of the callback's address, which is registered at the company and so never changes. */
  @Column('text')
  slug!: string;

  @Column('text')
  issuer!: string;

  /** What the company calls us. */
  @Column('text', { name: 'client_id' })
  clientId!: string;

  @Column('bytea', { name: 'sealed_client_secret' })
  sealedClientSecret!: Buffer;

  @Column('text', { array: true })
  scopes!: string[];

  /** The e-mail domains it may speak for. */
  @Column('text', { array: true })
  domains!: string[];

  @Column('bool', { name: 'create_users' })
  createUsers!: boolean;

  @Column('bool')
  enabled!: boolean;

  @Column('text', { name: 'role_claim', nullable: true })
  roleClaim!: string | null;

  @Column('jsonb', { name: 'role_mapping' })
  roleMapping!: RoleRule[];

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}

export const entityOf = ({ id, name }: IdentityProvider) => ({ type: 'identity_provider', id, name });
