import { Check, Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { JsonValue } from '#kernel';

export interface Maintenance {
  message: string;
  /** RFC 3339; open end where it is missing. */
  until?: string;
}

/** A tenant. */
@Entity('organizations')
@Unique('organizations_mqtt_prefix_key', ['mqttPrefix'])
@Check('organizations_status_check', `status IN ('active', 'suspended')`)
export class Organization {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'organizations_pkey' })
  id!: string;

  @Column('text')
  name!: string;

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
  settings!: { [key: string]: JsonValue };

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
