import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

/** Who looks at dashboards: see views/dashboard-views.ts. */
export class DashboardViews1700000009010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dashboard_views (
        organization_id uuid NOT NULL,
        dashboard_id uuid NOT NULL,
        viewer uuid NOT NULL,
        seen_at timestamptz NOT NULL,
        CONSTRAINT dashboard_views_pkey PRIMARY KEY (organization_id, dashboard_id, viewer),
        CONSTRAINT dashboard_views_dashboard_fkey FOREIGN KEY (organization_id, dashboard_id)
          REFERENCES dashboards (organization_id, id) ON DELETE CASCADE
      )`);
    await protectByOrganization(runner, 'dashboard_views');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dashboard_views');
  }
}
