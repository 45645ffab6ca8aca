import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A key that signs access tokens. All that are here verify; of those whose time has come, the latest signs. */
@Entity('signing_keys')
export class SigningKey {
  /** Its thumbprint (RFC 7638). */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk!: object;

  /** The private JWK, sealed. */
  @Column('bytea')
  sealed!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** A new key is published before it signs, so that everybody who keeps a copy of the key set knows it by then. */
  @Column('timestamptz', { name: 'signs_from' })
  signsFrom!: Date;
}
