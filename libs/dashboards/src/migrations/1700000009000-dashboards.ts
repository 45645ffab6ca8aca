import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Dashboards1700000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dashboard_folders (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        parent_id uuid,
        name text NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT dashboard_folders_pkey PRIMARY KEY (id),
        CONSTRAINT dashboard_folders_organization_key UNIQUE (organization_id, id),
        -- For organizations that are removed batch by batch; people delete empty folders alone.
        CONSTRAINT dashboard_folders_parent_fkey FOREIGN KEY (organization_id, parent_id)
          REFERENCES dashboard_folders (organization_id, id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX dashboard_folders_name_key ON dashboard_folders (organization_id, parent_id, lower(name))
        NULLS NOT DISTINCT;

      CREATE TABLE dashboards (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        folder_id uuid,
        name text NOT NULL,
        description text,
        time_range jsonb NOT NULL,
        refresh_seconds int NOT NULL,
        variables jsonb NOT NULL,
        panels jsonb NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT dashboards_pkey PRIMARY KEY (id),
        CONSTRAINT dashboards_organization_key UNIQUE (organization_id, id),
        CONSTRAINT dashboards_folder_fkey FOREIGN KEY (organization_id, folder_id)
          REFERENCES dashboard_folders (organization_id, id)
      );
      CREATE UNIQUE INDEX dashboards_name_key ON dashboards (organization_id, folder_id, lower(name))
        NULLS NOT DISTINCT;
    `);
    await protectByOrganization(runner, 'dashboard_folders');
    await protectByOrganization(runner, 'dashboards');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dashboards; DROP TABLE dashboard_folders');
  }
}
