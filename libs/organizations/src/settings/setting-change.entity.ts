import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Organization } from '../organization.entity';

/** One field of an organization's settings, from what to what. */
@Entity('setting_changes')
@Index('setting_changes_organization', ['organizationId', 'at', 'id'])
export class SettingChange {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'setting_changes_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  @ForeignKey(() => Organization, { name: 'setting_changes_organization_fkey', onDelete: 'CASCADE' })
  organizationId!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'user_email' })
  userEmail!: string;

  @Column('text')
  field!: string;

  @Column('jsonb', { name: 'old_value', nullable: true })
  /** Any JSON value; TypeORM's types do not end with a recursive one. */
  oldValue!: object | null;

  @Column('jsonb', { name: 'new_value', nullable: true })
  newValue!: object | null;
}
