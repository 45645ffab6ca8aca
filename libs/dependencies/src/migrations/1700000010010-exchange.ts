import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Exchange1700000010010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dependency_contents (
        organization_id uuid NOT NULL,
        hash text NOT NULL,
        type text NOT NULL,
        name text COLLATE "C" NOT NULL,
        content jsonb NOT NULL,
        base text,
        exchanged_at timestamptz NOT NULL,
        CONSTRAINT dependency_contents_pkey PRIMARY KEY (organization_id, hash, type, name)
      );
      CREATE INDEX dependency_contents_last_index
        ON dependency_contents (organization_id, type, name, exchanged_at);
      CREATE TABLE dependency_exports (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        name text NOT NULL,
        description text,
        items int NOT NULL,
        bytes int NOT NULL,
        secrets text[] NOT NULL,
        -- Compressed by gzip.
        content bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by uuid NOT NULL,
        CONSTRAINT dependency_exports_pkey PRIMARY KEY (id)
      );
      CREATE INDEX dependency_exports_organization_index ON dependency_exports (organization_id, created_at);
      CREATE TABLE dependency_imports (
        id uuid NOT NULL,
        organization_id uuid NOT NULL,
        status text NOT NULL,
        description text,
        counts jsonb NOT NULL,
        items jsonb NOT NULL,
        -- While it is a plan: compressed by gzip.
        plan bytea,
        -- What it has made and replaced, sealed: there are secrets in it.
        undo bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by uuid NOT NULL,
        applied_at timestamptz,
        applied_by uuid,
        undone_at timestamptz,
        undone_by uuid,
        CONSTRAINT dependency_imports_pkey PRIMARY KEY (id),
        CONSTRAINT dependency_imports_status_check CHECK (status IN ('planned', 'applied', 'undone'))
      );
      CREATE INDEX dependency_imports_organization_index ON dependency_imports (organization_id, created_at, id);
    `);
    for (const table of ['dependency_contents', 'dependency_exports', 'dependency_imports']) {
      await protectByOrganization(runner, table);
    }
    // What is compressed already is only looked at in vain.
    await runner.query(`
      ALTER TABLE dependency_exports ALTER COLUMN content SET STORAGE EXTERNAL;
      ALTER TABLE dependency_imports ALTER COLUMN plan SET STORAGE EXTERNAL, ALTER COLUMN undo SET STORAGE EXTERNAL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dependency_imports, dependency_exports, dependency_contents');
  }
}
