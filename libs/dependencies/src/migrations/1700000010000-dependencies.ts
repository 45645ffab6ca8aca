import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '#platform/database';

export class Dependencies1700000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Organizations whose graph is kept, and how often it has changed.
      CREATE TABLE dependency_graphs (
        organization_id uuid NOT NULL,
        revision bigint NOT NULL DEFAULT 1,
        CONSTRAINT dependency_graphs_pkey PRIMARY KEY (organization_id)
      );
      CREATE TABLE dependency_entities (
        organization_id uuid NOT NULL,
        type text NOT NULL,
        key text COLLATE "C" NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        CONSTRAINT dependency_entities_pkey PRIMARY KEY (organization_id, type, key)
      );
      CREATE TABLE dependency_references (
        organization_id uuid NOT NULL,
        source_type text NOT NULL,
        source_key text COLLATE "C" NOT NULL,
        kind text NOT NULL,
        target_type text NOT NULL,
        target_key text COLLATE "C" NOT NULL,
        via text[] NOT NULL,
        CONSTRAINT dependency_references_pkey
          PRIMARY KEY (organization_id, source_type, source_key, target_type, target_key, kind),
        CONSTRAINT dependency_references_kind_check CHECK (kind IN ('uses', 'part', 'matches')),
        CONSTRAINT dependency_references_source_fkey FOREIGN KEY (organization_id, source_type, source_key)
          REFERENCES dependency_entities (organization_id, type, key) ON DELETE CASCADE
      );
      CREATE INDEX dependency_references_target_index
        ON dependency_references (organization_id, target_type, target_key);
    `);
    await protectByOrganization(runner, 'dependency_graphs');
    await protectByOrganization(runner, 'dependency_entities');
    await protectByOrganization(runner, 'dependency_references');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE dependency_references, dependency_entities, dependency_graphs');
  }
}
