import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The instance's settings of the namespace: one row, there from the beginning. */
@Entity('uns_settings')
@Check('uns_settings_single', 'single')
export class UnsSettings {
  @PrimaryColumn('bool', { default: true, primaryKeyConstraintName: 'uns_settings_pkey' })
  single!: boolean;

  /** JSON of the parts by their names; null while nothing is stored. */
  @Column('bytea', { nullable: true })
  sealed!: Buffer | null;

  @Column('int', { default: 1 })
  version!: number;

  /** Of the last change that a caller asked for. */
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}

/** One part of the settings, from what to what; without secrets. */
@Entity('uns_setting_changes')
@Index('uns_setting_changes_at', ['at', 'id'])
export class UnsSettingChange {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'uns_setting_changes_pkey' })
  id!: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'user_email' })
  userEmail!: string;

  @Column('text')
  field!: string;

  @Column('jsonb', { name: 'old_value', nullable: true })
  oldValue!: object | null;

  @Column('jsonb', { name: 'new_value', nullable: true })
  newValue!: object | null;
}
