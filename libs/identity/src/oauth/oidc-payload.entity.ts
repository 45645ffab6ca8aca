import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the OAuth2 server keeps between requests: codes, grants, refresh tokens, sessions of its pages. */
@Entity('oidc_payloads')
@Index('oidc_payloads_grant', ['grantId'])
@Index('oidc_payloads_uid', ['uid'])
@Index('oidc_payloads_account', ['accountId'])
@Index('oidc_payloads_expires_at', ['expiresAt'])
export class OidcPayload {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'oidc_payloads_pkey' })
  model!: string;

  /** SHA-256 of the server's id: for codes and refresh tokens the id is the secret itself. */
  @PrimaryColumn('bytea', { name: 'id_hash', primaryKeyConstraintName: 'oidc_payloads_pkey' })
  idHash!: Buffer;

  /** The server's document, sealed: it repeats the id. */
  @Column('bytea')
  sealed!: Buffer;

  @Column('text', { name: 'grant_id', nullable: true })
  grantId!: string | null;

  @Column('text', { nullable: true })
  uid!: string | null;

  /** The user it is about, once that is known. */
  @Column('text', { name: 'account_id', nullable: true })
  accountId!: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;
}
