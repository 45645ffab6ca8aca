import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A key that signs access tokens. The newest signs; all that are here verify. */
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
}
