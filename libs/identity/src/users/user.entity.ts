import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** Somebody who may sign in, or in whose name clients and tokens act. */
@Entity('users')
@Index('users_email_key', ['email'], { unique: true, where: 'deleted_at IS NULL' })
@Check('users_email_check', 'email = lower(email)')
@Check('users_status_check', `status IN ('active', 'inactive', 'locked')`)
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /** In lower case, so that its case never makes another account. */
  @Column('text')
  email!: string;

  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  @Column('text', { name: 'first_name' })
  firstName!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;

  @Column('bool', { name: 'system_admin', default: false })
  systemAdmin!: boolean;

  @Column('text', { default: 'active' })
  status!: 'active' | 'inactive' | 'locked';

  /** Why the status is what it is, in the words of whoever set it. */
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;

  /** The password was set by somebody else: it is good for choosing another one alone. */
  @Column('bool', { name: 'password_change_required', default: false })
  passwordChangeRequired!: boolean;

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** null for the one that the first start made. */
  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  @Column('uuid', { name: 'updated_by', nullable: true })
  updatedBy!: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  @Column('timestamptz', { name: 'last_login_at', nullable: true })
  lastLoginAt!: Date | null;
}
