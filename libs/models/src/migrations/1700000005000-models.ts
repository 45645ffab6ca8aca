import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Models1700000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE models (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        fields jsonb NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT models_pkey PRIMARY KEY (id),
        CONSTRAINT models_organization_key UNIQUE (organization_id, id)
      );
      CREATE UNIQUE INDEX models_name_key ON models (organization_id, lower(name));

      CREATE TABLE model_versions (
        organization_id uuid NOT NULL,
        model_id uuid NOT NULL,
        version int NOT NULL,
        change_type text NOT NULL,
        summary text NOT NULL,
        name text NOT NULL,
        description text,
        fields jsonb NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT model_versions_pkey PRIMARY KEY (model_id, version),
        CONSTRAINT model_versions_change_type_check CHECK (change_type IN ('created', 'updated', 'reverted')),
        CONSTRAINT model_versions_model_fkey FOREIGN KEY (organization_id, model_id)
          REFERENCES models (organization_id, id) ON DELETE CASCADE
      );
    `);
    await protectByOrganization(runner, 'models');
    await protectByOrganization(runner, 'model_versions');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE model_versions; DROP TABLE models');
  }
}
