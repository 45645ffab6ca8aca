import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Organizations1700000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organizations (
        id uuid NOT NULL,
        name text NOT NULL,
        status text NOT NULL DEFAULT 'active',
        suspended_reason text,
        mqtt_prefix text,
        maintenance jsonb,
        settings jsonb NOT NULL DEFAULT '{}',
        version int NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT organizations_pkey PRIMARY KEY (id),
        CONSTRAINT organizations_mqtt_prefix_key UNIQUE (mqtt_prefix),
        CONSTRAINT organizations_status_check CHECK (status IN ('active', 'suspended'))
      );
      CREATE TABLE memberships (
        organization_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT memberships_pkey PRIMARY KEY (organization_id, user_id),
        CONSTRAINT memberships_role_check CHECK (role IN ('viewer', 'editor', 'admin')),
        CONSTRAINT memberships_organization_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX memberships_user ON memberships (user_id);
    `);
    await protectByOrganization(runner, 'organizations', 'id');
    await protectByOrganization(runner, 'memberships');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE memberships; DROP TABLE organizations');
  }
}
