import { Entity, ForeignKey, PrimaryColumn, Column } from 'typeorm';
import { Dashboard } from '../dashboard.entity';

/** Somebody who looks at a dashboard, or has. */
@Entity('dashboard_views')
@ForeignKey(() => Dashboard, ['organizationId', 'dashboardId'], ['organizationId', 'id'], {
  name: 'dashboard_views_dashboard_fkey',
  onDelete: 'CASCADE',
})
export class DashboardViewer {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'dashboard_views_pkey' })
  organizationId!: string;

  @PrimaryColumn('uuid', { name: 'dashboard_id', primaryKeyConstraintName: 'dashboard_views_pkey' })
  dashboardId!: string;

  /** A user. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dashboard_views_pkey' })
  viewer!: string;

  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;
}
