import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

/** Organizations are named once, described, removed in the background; they have logos, and settings with a history. */
export class OrganizationManagement1700000001001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organizations ADD COLUMN description text, ADD COLUMN deleted_at timestamptz;
      ALTER TABLE organizations ADD COLUMN settings_version int NOT NULL DEFAULT 1;
      CREATE UNIQUE INDEX organizations_name_key ON organizations (lower(name)) WHERE deleted_at IS NULL;

      ALTER TABLE memberships ADD COLUMN version int NOT NULL DEFAULT 1;

      CREATE TABLE organization_logos (
        organization_id uuid NOT NULL,
        media_type text NOT NULL,
        content bytea NOT NULL,
        digest text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT organization_logos_pkey PRIMARY KEY (organization_id),
        CONSTRAINT organization_logos_organization_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );

      CREATE TABLE setting_changes (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        user_id uuid NOT NULL,
        user_email text NOT NULL,
        field text NOT NULL,
        old_value jsonb,
        new_value jsonb,
        CONSTRAINT setting_changes_pkey PRIMARY KEY (id),
        CONSTRAINT setting_changes_organization_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX setting_changes_organization ON setting_changes (organization_id, at, id);
    `);
    await protectByOrganization(runner, 'organization_logos');
    await protectByOrganization(runner, 'setting_changes');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE setting_changes;
      DROP TABLE organization_logos;
      ALTER TABLE memberships DROP COLUMN version;
      ALTER TABLE organizations DROP COLUMN description, DROP COLUMN deleted_at, DROP COLUMN settings_version;
    `);
  }
}
