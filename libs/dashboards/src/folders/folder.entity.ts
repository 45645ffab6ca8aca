import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** Where dashboards lie. Folders lie in folders. */
@Entity('dashboard_folders')
// Of `lower(name)`, which TypeORM cannot say: unique among its siblings whatever their case.
@Index('dashboard_folders_name_key', { synchronize: false })
@Unique('dashboard_folders_organization_key', ['organizationId', 'id'])
@ForeignKey(() => Folder, ['organizationId', 'parentId'], ['organizationId', 'id'], {
  name: 'dashboard_folders_parent_fkey',
  onDelete: 'CASCADE',
})
export class Folder {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dashboard_folders_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  /** null at the top. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  name!: string;

  @Column('int', { default: 1 })
  version!: number;

  @Column('uuid', { name: 'created_by' })
  createdBy!: string;

  @Column('uuid', { name: 'updated_by' })
  updatedBy!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
