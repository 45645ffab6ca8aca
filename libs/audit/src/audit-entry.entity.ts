import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One line of the trail: somebody did something to something, or was refused. Written once, never changed. */
@Entity('audit_entries')
@Check('audit_entries_result_check', `result IN ('done', 'refused')`)
export class StoredAuditEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_entries_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  /** null for what belongs to the instance. */
  @Column('uuid', { name: 'organization_id', nullable: true })
  organizationId!: string | null;

  @Column('text')
  action!: string;

  @Column('text')
  result!: 'done' | 'refused';

  /** Why it was refused. */
  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** As it was then. */
  @Column('text', { name: 'user_email', nullable: true })
  userEmail!: string | null;

  @Column('text', { name: 'credential_kind', nullable: true })
  credentialKind!: 'session' | 'token' | 'oauth' | null;

  @Column('text', { name: 'credential_id', nullable: true })
  credentialId!: string | null;

  /** The OAuth2 client that acted. */
  @Column('text', { name: 'client_id', nullable: true })
  clientId!: string | null;

  @Column('text', { name: 'entity_type', nullable: true })
  entityType!: string | null;

  @Column('text', { name: 'entity_id', nullable: true })
  entityId!: string | null;

  @Column('text', { name: 'entity_name', nullable: true })
  entityName!: string | null;

  @Column('jsonb', { nullable: true })
  changes!: object | null;

  @Column('jsonb', { nullable: true })
  details!: object | null;

  @Column('text', { nullable: true })
  address!: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;
}
