import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Pipelines1700000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pipelines (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        labels jsonb NOT NULL,
        enabled boolean NOT NULL,
        settings jsonb NOT NULL,
        nodes jsonb NOT NULL,
        edges jsonb NOT NULL,
        version int NOT NULL DEFAULT 1,
        created_by uuid NOT NULL,
        updated_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pipelines_pkey PRIMARY KEY (id),
        CONSTRAINT pipelines_organization_key UNIQUE (organization_id, id)
      );
      CREATE UNIQUE INDEX pipelines_name_key ON pipelines (organization_id, lower(name));

      CREATE TABLE pipeline_versions (
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        version int NOT NULL,
        change_type text NOT NULL,
        summary text NOT NULL,
        definition jsonb NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pipeline_versions_pkey PRIMARY KEY (pipeline_id, version),
        CONSTRAINT pipeline_versions_change_type_check
          CHECK (change_type IN ('created', 'updated', 'enabled', 'disabled', 'reverted')),
        CONSTRAINT pipeline_versions_pipeline_fkey FOREIGN KEY (organization_id, pipeline_id)
          REFERENCES pipelines (organization_id, id) ON DELETE CASCADE
      );

      CREATE TABLE pipeline_triggers (
        organization_id uuid NOT NULL,
        pipeline_id uuid NOT NULL,
        node_id text NOT NULL,
        type text NOT NULL,
        parameters jsonb NOT NULL,
        webhook_path text,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pipeline_triggers_pkey PRIMARY KEY (pipeline_id, node_id),
        CONSTRAINT pipeline_triggers_pipeline_fkey FOREIGN KEY (organization_id, pipeline_id)
          REFERENCES pipelines (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX pipeline_triggers_organization_idx ON pipeline_triggers (organization_id);
      CREATE UNIQUE INDEX pipeline_triggers_webhook_path_key ON pipeline_triggers (webhook_path);

      CREATE TABLE pipeline_trigger_changes (
        organization_id uuid NOT NULL,
        revision int NOT NULL,
        CONSTRAINT pipeline_trigger_changes_pkey PRIMARY KEY (organization_id)
      );
    `);
    for (const table of TABLES) await protectByOrganization(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['pipelines', 'pipeline_versions', 'pipeline_triggers', 'pipeline_trigger_changes'];
