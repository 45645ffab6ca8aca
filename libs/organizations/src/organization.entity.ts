import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

export interface Maintenance {
  message: string;
  /** RFC 3339; open end where it is missing. */
  until?: string;
}

/** A tenant. */
@Entity('organizations')
// Of `lower(name)` of those that are not deleted.
@Index('organizations_name_key', { synchronize: false })
@Unique('organizations_mqtt_prefix_key', ['mqttPrefix'])
@Check('organizations_status_check', `status IN ('active', 'suspended')`)
export class Organization {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'organizations_pkey' })
  id!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { default: 'active' })
  status!: 'active' | 'suspended';

  @Column('text', { name: 'suspended_reason', nullable: true })
  suspendedReason!: string | null;

  /** Before its topics on an outside broker: null = `org/<id>/`, empty = it owns the bare namespace. */
  @Column('text', { name: 'mqtt_prefix', nullable: true })
  mqttPrefix!: string | null;

  @Column('jsonb', { nullable: true })
  maintenance!: Maintenance | null;

  @Column('jsonb', { default: {} })
  settings!: object;

  /** Counts changes of settings and maintenance alone, so that they get in nobody's way who renames it. */
  @Column('int', { name: 'settings_version', default: 1 })
  settingsVersion!: number;

  @Column('int', { default: 1 })
  version!: number;

  /** Gone for everybody; its rows are removed in the background. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
