import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';
import type { DashboardContent, Panel, TimeRange, Variable } from './dashboard-content';
import { Folder } from './folders/folder.entity';

/** Panels of values, arranged for people. */
@Entity('dashboards')
// Of `lower(name)`, which TypeORM cannot say: unique in a folder whatever their case.
@Index('dashboards_name_key', { synchronize: false })
@Unique('dashboards_organization_key', ['organizationId', 'id'])
@ForeignKey(() => Folder, ['organizationId', 'folderId'], ['organizationId', 'id'], { name: 'dashboards_folder_fkey' })
export class Dashboard implements DashboardContent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dashboards_pkey' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('uuid', { name: 'folder_id', nullable: true })
  folderId!: string | null;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('jsonb', { name: 'time_range' })
  timeRange!: TimeRange;

  @Column('int', { name: 'refresh_seconds' })
  refreshSeconds!: number;

  @Column('jsonb')
  variables!: Variable[];

  @Column('jsonb')
  panels!: Panel[];

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
