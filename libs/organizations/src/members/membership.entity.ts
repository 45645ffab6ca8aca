import { Check, Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '#kernel';
import { Organization } from '../organization.entity';

/** A user's role in an organization. Users are another area's and are never removed from their table, only marked. */
@Entity('memberships')
@Index('memberships_user', ['userId'])
@Check('memberships_role_check', `role IN ('viewer', 'editor', 'admin')`)
export class Membership {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'memberships_pkey' })
  @ForeignKey(() => Organization, { name: 'memberships_organization_fkey', onDelete: 'CASCADE' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'memberships_pkey' })
  userId!: string;

  @Column('text')
  role!: Role;

  @Column('int', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
