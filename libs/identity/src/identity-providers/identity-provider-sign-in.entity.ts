import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { IdentityProvider } from './identity-provider.entity';

/** Somebody who was sent to their company and has not come back yet. Kept here, since any process may see them return. */
@Entity('identity_provider_sign_ins')
@Unique('identity_provider_sign_ins_interaction_key', ['interaction'])
@Index('identity_provider_sign_ins_provider', ['providerId'])
@Index('identity_provider_sign_ins_expires_at', ['expiresAt'])
export class IdentityProviderSignIn {
  /** SHA-256 of the `state` parameter. */
  @PrimaryColumn('bytea', { name: 'state_hash', primaryKeyConstraintName: 'identity_provider_sign_ins_pkey' })
  stateHash!: Buffer;

  @Column('uuid', { name: 'provider_id' })
  @ForeignKey(() => IdentityProvider, { name: 'identity_provider_sign_ins_provider_fkey', onDelete: 'CASCADE' })
  providerId!: string;

  /** SHA-256 of the cookie in the browser that was sent. */
  @Column('bytea', { name: 'browser_hash' })
  browserHash!: Buffer;

  /** The interaction of the OAuth2 server that waits for it: one attempt at a time. */
  @Column('text')
  interaction!: string;

  /** PKCE verifier and nonce. */
  @Column('bytea')
  sealed!: Buffer;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
